import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AllureReport, resolveConfig } from '@allurereport/core';
import { ALLURE_HTTP_EXCHANGE_CONTENT_TYPE, ALLURE_HTTP_EXCHANGE_FILE_EXTENSION, type Attachment } from 'allure-js-commons';
import { contractVersion } from '../../../contracts/version.ts';
import { reproducer } from '../../judging/curl.ts';
import type { Exchange } from '../../target/exchange.ts';
import { nameOf } from '../../judging/premises.ts';
import { inLine, printableBody, printableJson, withTexts } from '../../printable.ts';
import type { Run } from '../../target/run.ts';
import { verdictLine } from '../../judging/verdict.ts';
import { kitVersion } from '../../version.ts';
import type { Conformance } from '../conformance.ts';
import { checkHeld, makeInside, outputs, unfinishedOf, writeWhole } from '../folder.ts';
import { targetName } from '../text.ts';
import { categories, categoryLabel } from './categories.ts';
import { httpExchange } from './exchange.ts';
import { testResult, type Evidence } from './results.ts';

/** The stock report loads a script of Google's; a report that is opened asks nothing of the network. */
const analytics = /<script async src="https:\/\/www\.googletagmanager\.com[^>]*><\/script>\s*<script>[\s\S]*?<\/script>/;

/** A history keeps so many runs, of some 100 KB each. */
const mostRuns = 100;

const plugins = { awesome: { options: { singleFile: true, reportLanguage: 'en', groupBy: ['level', 'feature', 'story'] } } };

/**
 * Writes `allure-results`: a test for each requirement, with its cases as steps, and the exchanges that they looked at. They are
 * written of the record of the run, not by the runner: so they are complete even where no check came to run.
 */
export async function allureResults(conformance: Conformance, { exchanges, outcomes, settings, redactor }: Run): Promise<void> {
  const results = join(settings.reportsDir, outputs.allureResults);
  await makeInside(results);
  const redact = memoized((text: string) => redactor.redact(text));
  const told = (text: string) => inLine(redact(text));
  const commands = memoized(reproducer(exchanges, settings, redactor));
  const whole = memoized((exchange: Exchange) => printableJson(JSON.stringify(httpExchange(exchange, redactor, printableBody))));
  const files = new Map<string, string>();
  // A file for each use: the generator shows one for the first alone.
  const attach = (name: string, content: string, type: string, extension: string): Attachment => {
    const source = `${files.size}-attachment${extension}`;
    files.set(source, content);
    return { name, source, type };
  };
  const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]));
  const evidence: Evidence = {
    exchanges: (ids) => ids.flatMap((id) => byId.get(id) ?? []),
    attachment: (exchange) =>
      attach(told(nameOf(exchange)), whole(exchange), ALLURE_HTTP_EXCHANGE_CONTENT_TYPE, ALLURE_HTTP_EXCHANGE_FILE_EXTENSION),
    commands,
    attachmentOfCommands: (exchange) => attach('reproduce with curl', commands(exchange), 'text/plain', '.txt'),
  };
  for (const judged of conformance.requirements) {
    const cases = withTexts(outcomes.get(judged.id)?.cases ?? [], told);
    files.set(`${judged.id}-result.json`, printableJson(JSON.stringify(testResult(judged, cases, conformance, evidence))));
  }
  files.set('environment.properties', properties(environmentOf(conformance, settings.concurrency)));
  await Promise.all([...files].map(([name, content]) => writeFile(join(results, name), content, { flag: 'wx' })));
}

/** A function that is asked the same again and again, and whose answers stay. */
function memoized<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}

/**
 * Makes `allure-report/index.html` of `allure-results`: one file that needs nothing else.
 *
 * @throws where the generator fails, or where the report would still load something from the network
 */
export async function allureReport(conformance: Conformance, reportsDir: string, historyFile?: string): Promise<void> {
  const report = join(reportsDir, outputs.allureReport);
  // The generator writes through links, so it gets a new folder, whose name nobody can know before.
  const output = unfinishedOf(report);
  await makeInside(output);
  try {
    await generate(conformance, reportsDir, output, historyFile);
    await checkHeld(report);
    await rm(report, { recursive: true, force: true });
    await rename(output, report);
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

async function generate(conformance: Conformance, reportsDir: string, output: string, historyFile?: string): Promise<void> {
  const config = await resolveConfig({
    name: `OAuth conformance of ${targetName(conformance.target)}: ${verdictLine(conformance, conformance.cause)}`,
    output,
    ...(historyFile !== undefined && { historyPath: historyFile, historyLimit: mostRuns }),
    categories: { rules: categories.map((name) => ({ name, matchers: { labels: { [categoryLabel]: name } }, groupByMessage: false })) },
    plugins,
  });
  const generator = new AllureReport(config);
  await generator.start();
  await generator.readDirectory(join(reportsDir, outputs.allureResults));
  await generator.done();

  const index = join(output, 'index.html');
  const html = (await readFile(index, 'utf8')).replace(analytics, '');
  // The generator prints the system's error, and goes on.
  if (!html.trimEnd().endsWith('</html>')) throw Object.assign(new Error('the Allure report could not be written to its end'), { code: 'EIO' });
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
