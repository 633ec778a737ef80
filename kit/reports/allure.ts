import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { contractVersion } from '../../contracts/version.ts';
import { verdictLine } from '../verdict.ts';
import { kitVersion } from '../version.ts';
import type { Conformance } from './conformance.ts';
import { outputs, writeWhole } from './folder.ts';
import { targetName } from './text.ts';

const run = promisify(execFile);
const command = join(dirname(createRequire(import.meta.url).resolve('allure')), '../cli.js');

/** The stock report loads a script of Google's; a report that is opened asks nothing of the network. */
const analytics = /<script async src="https:\/\/www\.googletagmanager\.com[^>]*><\/script>\s*<script>[\s\S]*?<\/script>/;

/**
 * Makes `allure-report/index.html` of `allure-results`: one file that needs nothing else.
 *
 * @throws where the generator fails, or where the report would still load something from the network
 */
export async function allureReport(conformance: Conformance, reportsDir: string): Promise<void> {
  const results = resolve(reportsDir, outputs.allureResults);
  const report = resolve(reportsDir, outputs.allureReport);
  // A run that was ended before its first check has no results; its report then says the verdict alone.
  await mkdir(results, { recursive: true });
  await writeWhole(join(results, 'environment.properties'), properties(environmentOf(conformance)));

  const workDir = await mkdtemp(join(tmpdir(), 'oauth-conformance-kit-'));
  try {
    const config = join(workDir, 'allurerc.json');
    const name = `OAuth conformance of ${targetName(conformance.target)}: ${verdictLine(conformance, conformance.cause)}`;
    const options = { singleFile: true, reportLanguage: 'en', groupBy: ['level', 'feature', 'story'] };
    await writeFile(config, JSON.stringify({ name, output: report, plugins: { awesome: { options } } }));
    await run(process.execPath, [command, 'generate', results, '--config', config], { cwd: workDir });
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
  const index = join(report, 'index.html');
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
