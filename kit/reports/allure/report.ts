import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ALLURE_HTTP_EXCHANGE_CONTENT_TYPE, ALLURE_HTTP_EXCHANGE_FILE_EXTENSION, type Attachment } from 'allure-js-commons';
import { contractVersion } from '../../../contracts/version.ts';
import { reproducer } from '../../curl.ts';
import { nameOf } from '../../premises.ts';
import type { Run } from '../../run.ts';
import { verdictLine } from '../../verdict.ts';
import { kitVersion } from '../../version.ts';
import type { Conformance } from '../conformance.ts';
import { outputs, writeWhole } from '../folder.ts';
import { targetName } from '../text.ts';
import { categories, categoryLabel } from './categories.ts';
import { httpExchange } from './exchange.ts';
import { testResult } from './results.ts';

/** The stock report loads a script of Google's; a report that is opened asks nothing of the network. */
const analytics = /<script async src="https:\/\/www\.googletagmanager\.com[^>]*><\/script>\s*<script>[\s\S]*?<\/script>/;

/** A history keeps so many runs, of some 100 KB each. */
const mostRuns = 100;

/** Loads the generator. It takes half a second, which a run has while its checks start. */
export const loadGenerator = () => import('@allurereport/core');

/**
 * Writes `allure-results`: a test for each requirement, with its cases as steps, and the exchanges that they looked at. They are
 * written of the record of the run, not by the runner: so they are complete even where no check came to run.
 */
export async function allureResults(conformance: Conformance, { exchanges, outcomes, settings, redactor }: Run): Promise<void> {
  const results = join(settings.reportsDir, outputs.allureResults);
  await mkdir(results, { recursive: true });
  const redact = (text: string) => redactor.redact(text);
  const reproduce = reproducer(exchanges, settings);
  const files = new Map<string, string>();
  // A file for each use: the generator shows one for the first alone.
  const attach = (name: string, content: string, type: string, extension: string): Attachment => {
    const source = `${files.size}-attachment${extension}`;
    files.set(source, content);
    return { name, source, type };
  };
  const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]));
  const attachmentsOf = (ids: readonly number[]): Attachment[] => {
    const shown = ids.flatMap((id) => byId.get(id) ?? []);
    return [
      ...shown.map((exchange) =>
        attach(redact(nameOf(exchange)), JSON.stringify(httpExchange(exchange, redact)), ALLURE_HTTP_EXCHANGE_CONTENT_TYPE, ALLURE_HTTP_EXCHANGE_FILE_EXTENSION),
      ),
      ...shown.slice(0, 1).map((exchange) => attach('reproduce with curl', redact(reproduce(exchange)), 'text/plain', '.txt')),
    ];
  };
  const evidence = { exchange: (id: number | undefined) => byId.get(id ?? 0), attachmentsOf, redact };
  for (const judged of conformance.requirements) {
    const cases = outcomes.get(judged.id)?.cases ?? [];
    files.set(`${judged.id}-result.json`, JSON.stringify(testResult(judged, cases, conformance, evidence)));
  }
  files.set('environment.properties', properties(environmentOf(conformance, settings.concurrency)));
  await Promise.all([...files].map(([name, content]) => writeFile(join(results, name), content)));
}

/**
 * Makes `allure-report/index.html` of `allure-results`: one file that needs nothing else.
 *
 * @throws where the generator fails, or where the report would still load something from the network
 */
export async function allureReport(conformance: Conformance, reportsDir: string, historyFile?: string): Promise<void> {
  const { AllureReport, resolveConfig } = await loadGenerator();
  const output = join(reportsDir, outputs.allureReport);
  const config = await resolveConfig({
    name: `OAuth conformance of ${targetName(conformance.target)}: ${verdictLine(conformance, conformance.cause)}`,
    output,
    ...(historyFile !== undefined && { historyPath: historyFile, historyLimit: mostRuns }),
    categories: { rules: categories.map((name) => ({ name, matchers: { labels: { [categoryLabel]: name } }, groupByMessage: false })) },
    plugins: { awesome: { options: { singleFile: true, reportLanguage: 'en', groupBy: ['level', 'feature', 'story'] } } },
  });
  const generator = new AllureReport(config);
  await generator.start();
  await generator.readDirectory(join(reportsDir, outputs.allureResults));
  await generator.done();

  const index = join(output, 'index.html');
  const html = (await readFile(index, 'utf8')).replace(analytics, '');
  if (html.includes('googletagmanager')) throw new Error('the Allure report holds a script that this kit does not know to remove');
  await writeWhole(index, html);
}

function environmentOf({ target, strict, profile, cause, ...rest }: Conformance, concurrency: number): Record<string, string> {
  return {
    Target: targetName(target),
    Verdict: verdictLine({ ...rest }, cause),
    Kit: kitVersion,
    Contract: contractVersion,
    Profile: profile,
    Strict: strict ? 'yes' : 'no',
    Node: process.version,
    Concurrency: String(concurrency),
  };
}

// The format of java.util.Properties, in which a colon, an equals sign and a backslash have a meaning.
function properties(values: Record<string, string>): string {
  return Object.entries(values).map(([key, value]) => `${key}=${value.replace(/[\\:=]/g, '\\$&').replace(/\s+/g, ' ')}\n`).join('');
}
