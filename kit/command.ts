import { setTimeout as pause } from 'node:timers/promises';
import { requirements } from '../contracts/requirements/index.ts';
import { consoleText } from './reports/console.ts';
import { clearReports } from './reports/folder.ts';
import { writeReports } from './reports/write.ts';
import { listChecks, runChecks } from './runner.ts';
import { openSession, type Session } from './session.ts';
import { readSettings, SettingsError, type Environment, type Settings } from './settings.ts';
import type { Verdict } from './verdict.ts';

/** Exit codes of the commands that judge a target. They follow from the verdict alone. */
export const exitCodes = { conformant: 0, 'non-conformant': 1, usage: 2, inconclusive: 3 } as const satisfies Record<
  Verdict | 'usage',
  number
>;
const signals = { SIGINT: 130, SIGTERM: 143 } as const;

/** What would change what a run means: the kit decides on these itself. */
const refusedArguments =
  /^(-c|--config|-j|--workers|--reporter|--retries|--repeat-each|--shard|--trace|--fully-parallel|--ui|--debug|--pass-with-no-tests|--update-snapshots|-u|--project|--output|--global-timeout|--timeout|--max-failures|-x|--only-changed|--last-failed)(=|$)/;

/**
 * Judges the target that the environment names, prints what came of it, and sets the process's exit code.
 *
 * @param env all settings, `.env` included
 * @param args arguments for Playwright, such as `--grep CT-201`
 */
export async function judgeCommand(env: Environment, args: readonly string[], reference = false): Promise<void> {
  const refused = args.find((arg) => refusedArguments.test(arg));
  if (refused !== undefined) {
    return usage([`${refused} is not taken: it would change what the verdict means. --grep and --grep-invert select requirements.`]);
  }
  if (args.includes('--list')) return void (process.exitCode = await listChecks(env, args));
  if (env.OAUTH_BASE_URL === undefined) {
    return usage(['OAUTH_BASE_URL is not set: it takes the base URL of the target; to see the kit at work without one, run `npm run demo`']);
  }
  let settings: Settings;
  try {
    settings = readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return usage(error.problems);
    throw error;
  }

  await clearReports(settings.reportsDir);
  const session = await openSession(settings, reference);
  const interrupted = interruptible(session);
  const progress = showProgress(session);
  const end = await runChecks(session.gatewayUrl, env, args, interrupted.signal);
  progress.stop();
  // Without a selection no check has run: what the runner says then is the only trace of why.
  if (!session.run.selection && !session.run.cause) process.stderr.write(session.run.redactor.redact(end.output));
  const conformance = await session.end();
  await writeReports(conformance, settings.reportsDir);
  process.stdout.write(consoleText(conformance, settings.reportsDir));
  process.exitCode = interrupted.exitCode() ?? exitCodes[conformance.verdict];
}

function usage(problems: readonly string[]): void {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = exitCodes.usage;
}

/** A signal ends the checks; the reports are still written, and say that the run was interrupted. */
function interruptible({ run }: Session) {
  const controller = new AbortController();
  let exitCode: number | undefined;
  for (const [name, code] of Object.entries(signals)) {
    process.once(name, () => {
      exitCode = code;
      run.end({ kind: 'interrupted', message: `the run was interrupted (${name})` });
      controller.abort();
    });
  }
  return { signal: controller.signal, exitCode: () => exitCode };
}

/** One line that is kept up to date on a terminal, and nothing elsewhere. */
function showProgress({ run }: Session) {
  if (!process.stderr.isTTY) return { stop: () => {} };
  const controller = new AbortController();
  const show = async () => {
    while (!controller.signal.aborted) {
      process.stderr.write(`\r\u001b[Kjudged ${run.outcomes.size} of ${requirements.length} requirements, ${run.requestsSent} requests sent`);
      await pause(100, undefined, { signal: controller.signal }).catch(() => {});
    }
    process.stderr.write('\r\u001b[K');
  };
  void show();
  return { stop: () => controller.abort() };
}
