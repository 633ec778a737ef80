import { join } from 'node:path';
import { compare, type Comparison } from './comparison/baseline.ts';
import { reasonOf } from './reason.ts';
import { isSearched } from './secrets/redaction.ts';
import { consoleText } from './reports/console.ts';
import { outputs, releaseFolder } from './reports/folder.ts';
import { addStepSummary, annotations } from './reports/github.ts';
import { unwrittenLines } from './reports/unwritten.ts';
import type { Conformance } from './reports/conformance.ts';
import { print as printLines, printRaw } from './print.ts';
import { inLine } from './printable.ts';
import type { Run } from './target/run.ts';
import type { Exposure } from './secrets/scan.ts';
import type { Session } from './session.ts';
import type { Settings } from './settings/settings.ts';
import type { Verdict } from './judging/verdict.ts';
import { inForce, readWaivers, reviewOf } from './settings/waivers.ts';

/** Exit codes of whatever judges a target. They follow from the verdict alone, unless a secret was written or a waiver is wrong. */
export const exitCodes = { conformant: 0, 'non-conformant': 1, usage: 2, inconclusive: 3, exposed: 4 } as const satisfies Record<
  Verdict | 'usage' | 'exposed',
  number
>;

type Print = (text: string, stream?: NodeJS.WritableStream) => void;

/**
 * Ends a session: decides, writes the reports, withholds those that hold a secret, and prints what came of it. Without its
 * reports a run proves nothing, so that it is then inconclusive at best.
 *
 * @returns the exit code
 */
export async function finish(session: Session): Promise<number> {
  const { redactor, settings, startedAt } = session.run;
  const { reportsDir } = settings;
  const waivers = await readWaivers(settings.waiversFile);
  const conformance = await session.end(inForce(waivers, startedAt));
  const review = reviewOf(waivers, conformance.requirements, startedAt);
  const redact = (text: string) => redactor.redact(text);
  const print: Print = (text, stream) => printLines(redact(text), stream);
  const comparison = session.baseline && compare(session.baseline, conformance);
  let exitCode: number = exitCodes[alerting(conformance.verdict, settings, comparison)];
  // Without what it was asked for, a run is inconclusive at best.
  const missing = (line: string) => {
    print(`${line}\n`, process.stderr);
    exitCode = Math.max(exitCode, conformance.verdict === 'non-conformant' ? exitCodes['non-conformant'] : exitCodes.inconclusive);
  };
  // Loaded where the runner is gone: it takes 40 MB, and a run holds itself to 500 over all processes.
  const { writeReports } = await import('./reports/write.ts');
  const { exposures, unwritten } = await writeReports(conformance, session.run, comparison);
  for (const line of unwrittenLines(unwritten, reportsDir, redact)) missing(line);
  for (const exposure of exposures) print(`secret exposed: ${exposed(exposure)}; the file was withheld\n`, process.stderr);
  if (exposures.length > 0) exitCode = exitCodes.exposed;
  if (settings.profile === 'certification' && exitCode !== exitCodes.exposed) {
    exitCode = await certified(conformance, session.run, exitCode, print).catch((error: unknown) => {
      missing(`the certificate could not be written: ${inLine(redact(reasonOf(error)))}`);
      return exitCode;
    });
  }
  const problems = [...waivers.problems, ...review.problems];
  for (const problem of problems) print(`${problem}\n`, process.stderr);
  if (problems.length > 0 && exitCode !== exitCodes.exposed) exitCode = exitCodes.usage;
  await addStepSummary(join(reportsDir, outputs.summary), process.env).catch((error: unknown) =>
    print(`the step summary could not be written: ${inLine(redact(reasonOf(error)))}\n`, process.stderr),
  );
  printRaw(redact(annotations(conformance, process.env)));
  if (settings.alertOn === 'change' && !comparison) print('note: OAUTH_ALERT_ON=change does nothing without OAUTH_BASELINE\n');
  for (const note of review.notes) print(`note: ${note}\n`);
  for (const name of indistinctSecrets(settings)) {
    print(`note: ${name} is short or a common word: it is replaced where it stands as a value, and not searched for elsewhere\n`);
  }
  releaseFolder(reportsDir);
  printRaw(redact(consoleText(conformance, { reportsDir, comparison, alertOn: settings.alertOn, colours: process.stdout.isTTY && !process.env.NO_COLOR })));
  return exitCode;
}

/** Writes the certificate, and says where it is or why there is none. A run that asked for one and has none is inconclusive at best. */
async function certified(conformance: Conformance, run: Run, exitCode: number, print: Print): Promise<number> {
  const { certify } = await import('./certificate/certify.ts');
  const { file, missing, exposures } = await certify(conformance, run);
  for (const exposure of exposures) print(`secret exposed: ${exposed(exposure)}; there is no certificate\n`, process.stderr);
  if (exposures.length > 0) return exitCodes.exposed;
  if (missing.length > 0) {
    print(['No certificate:', ...missing.map((each) => `  ${inLine(each)}`), `The record of the run: ${file}`, ''].join('\n'));
    return exitCode === exitCodes.conformant ? exitCodes.inconclusive : exitCode;
  }
  print(`Certificate: ${file}${run.settings.signingKeyFile === undefined ? ' (unsigned: OAUTH_SIGNING_KEY_FILE is not set)' : ''}\n`);
  return exitCode;
}

/**
 * What the exit code follows from: with `OAUTH_ALERT_ON=change`, a target that is non-conformant as it was before alerts nobody. Where
 * nothing is known of before, and where the run is inconclusive, it changes nothing.
 */
function alerting(verdict: Verdict, { alertOn }: Settings, comparison: Comparison | undefined): Verdict {
  const known = alertOn === 'change' && comparison && !('problem' in comparison);
  return known && verdict === 'non-conformant' && comparison.worse.length === 0 ? 'conformant' : verdict;
}

function exposed({ secret, place, offset }: Exposure): string {
  return `${secret} stands in ${place} at byte ${offset}`;
}

/** The settings that hold a secret which cannot be told from prose. */
function indistinctSecrets({ client, otherClient }: Settings): string[] {
  const secrets = { OAUTH_CLIENT_SECRET: client.secret, OAUTH_OTHER_CLIENT_SECRET: otherClient?.secret };
  return Object.entries(secrets).flatMap(([name, secret]) => (secret === undefined || isSearched(secret) ? [] : [name]));
}
