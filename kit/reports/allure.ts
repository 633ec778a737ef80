import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contractVersion } from '../../contracts/version.ts';
import { verdictLine } from '../verdict.ts';
import { kitVersion } from '../version.ts';
import type { Conformance } from './conformance.ts';
import { outputs, writeWhole } from './folder.ts';
import { targetName } from './text.ts';

/** The stock report loads a script of Google's; a report that is opened asks nothing of the network. */
const analytics = /<script async src="https:\/\/www\.googletagmanager\.com[^>]*><\/script>\s*<script>[\s\S]*?<\/script>/;

/** Loads the generator. It takes half a second, which a run has while its checks start. */
export const loadGenerator = () => import('@allurereport/core');

/** Adds to `allure-results` what the report shows beside its tests: the environment. */
export async function writeEnvironment(conformance: Conformance, reportsDir: string): Promise<void> {
  const results = join(reportsDir, outputs.allureResults);
  // A run that was ended before its first check has no results; its report then says the verdict alone.
  await mkdir(results, { recursive: true });
  await writeWhole(join(results, 'environment.properties'), properties(environmentOf(conformance)));
}

/**
 * Makes `allure-report/index.html` of `allure-results`: one file that needs nothing else.
 *
 * @throws where the generator fails, or where the report would still load something from the network
 */
export async function allureReport(conformance: Conformance, reportsDir: string): Promise<void> {
  const { AllureReport, resolveConfig } = await loadGenerator();
  const output = join(reportsDir, outputs.allureReport);
  const name = `OAuth conformance of ${targetName(conformance.target)}: ${verdictLine(conformance, conformance.cause)}`;
  const options = { singleFile: true, reportLanguage: 'en', groupBy: ['level', 'feature', 'story'] };
  const generator = new AllureReport(await resolveConfig({ name, output, plugins: { awesome: { options } } }));
  await generator.start();
  await generator.readDirectory(join(reportsDir, outputs.allureResults));
  await generator.done();

  const index = join(output, 'index.html');
  const html = (await readFile(index, 'utf8')).replace(analytics, '');
  if (html.includes('googletagmanager')) throw new Error('the Allure report holds a script that this kit does not know to remove');
  await writeWhole(index, html);
}

function environmentOf({ target, strict, profile, cause, ...rest }: Conformance): Record<string, string> {
  return {
    Target: targetName(target),
    Verdict: verdictLine({ ...rest }, cause),
    Kit: kitVersion,
    Contract: contractVersion,
    Profile: profile,
    Strict: strict ? 'yes' : 'no',
    Node: process.version,
  };
}

// The format of java.util.Properties, in which a colon, an equals sign and a backslash have a meaning.
function properties(values: Record<string, string>): string {
  return Object.entries(values).map(([key, value]) => `${key}=${value.replace(/[\\:=]/g, '\\$&').replace(/\s+/g, ' ')}\n`).join('');
}
