import { exitCodes, finish } from './finish.ts';
import { beSparing } from './memory.ts';
import { print } from './print.ts';
import { inLine } from './printable.ts';
import { showProgress } from './progress.ts';
import { reasonOf } from './reason.ts';
import { prepareReports } from './reports/prepare.ts';
import type { Run } from './target/run.ts';
import { listChecks, runChecks, type RunnerEnd } from './runner/runner.ts';
import { openSession, type Session } from './session.ts';
import { noteOnDotenv, parentOf } from './settings/environment.ts';
import { readSettings, SettingsError, type Environment } from './settings/settings.ts';
import { commandLine } from './version.ts';

/** What a run exits with that a signal has ended. */
export const signals = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Judges the target that the environment names, prints what came of it, and sets the process's exit code.
 *
 * @param env all settings, `.env` included
 * @param args arguments for Playwright, such as `--grep CT-201`
 */
export async function judgeCommand(env: Environment, args: readonly string[], reference = false): Promise<void> {
  if (args.includes('--list')) return void (process.exitCode = await listChecks(env, args));
  if (args.length > 0 && env.OAUTH_PROFILE === 'certification') return usage([`${args.join(' ')} is not taken: a certificate is of all requirements`]);
  if (args.length > 0 && env.OAUTH_PROFILE === 'nightly') return usage([`${args.join(' ')} is not taken: a nightly run is one round of requests, and judges by it what it can`]);
  if (env.OAUTH_BASE_URL === undefined) {
    return usage([`OAUTH_BASE_URL is not set: it takes the base URL of the target; to see the kit at work without one, run \`${commandLine('demo')}\``]);
  }
  beSparing();
  process.once('uncaughtException', (error) => {
    fail(error);
    process.exit();
  });
  if (process.env.NODE_DEBUG) return usage(['NODE_DEBUG is set: Node would print what is sent, credentials included; it takes no value here']);
  print(noteOnDotenv() ?? '', process.stderr);
  try {
    const settings = readSettings(env);
    const baseline = await prepareReports(settings);
    const session = await openSession(settings, reference, baseline);
    process.exitCode = await judge(session, env, args).catch((error: unknown) => {
      throw error instanceof SettingsError ? error : new Error(session.run.redactor.redact(reasonOf(error)), { cause: error });
    });
  } catch (error) {
    if (error instanceof SettingsError) return usage(error.problems);
    fail(error);
  }
}

/** Sets the exit code for a defect of the kit, which is no verdict on the target. Neither a stack nor what stands in it is anybody's business. */
export function fail(error: unknown): void {
  print(`the kit itself failed, and has judged nothing: ${inLine(reasonOf(error))}\n`, process.stderr);
  process.exitCode = exitCodes.inconclusive;
}

async function judge(session: Session, env: Environment, args: readonly string[]): Promise<number> {
  const { run } = session;
  const interrupted = interruptible(session);
  const progress = showProgress(run);
  await session.begin();
  // Where there is nothing to judge, a runner could only say so of each requirement, for seconds that somebody waits for. What
  // a filter leaves out, only the runner knows.
  if (run.preflightPassed || args.length > 0) await runToEnd(session, env, args, interrupted.signal);
  progress.stop();
  const exitCode = await finish(session);
  interrupted.stop();
  return exitCode === exitCodes.exposed ? exitCode : (interrupted.exitCode() ?? exitCode);
}

/** The check runner is killed if it has not ended so long after the run, in milliseconds. Until then, it judges what was exchanged. */
const runnerGrace = 15_000;

async function runToEnd({ run, gatewayUrl }: Session, env: Environment, args: readonly string[], interrupted: AbortSignal): Promise<void> {
  const late = new AbortController();
  const endSoon = () => void setTimeout(() => late.abort(), runnerGrace).unref();
  if (run.over.aborted) endSoon();
  else run.over.addEventListener('abort', endSoon, { once: true });
  const end = await runChecks(gatewayUrl, env, args, AbortSignal.any([interrupted, late.signal]));
  const problem = problemOf(end, run, args);
  if (!problem) return;
  run.end(problem);
  if (problem.kind === 'checks failed to run') print(run.redactor.redact(end.output), process.stderr);
}

/** Why the checks have not run to their end, where the run does not say so already. */
function problemOf({ exitCode, signal }: RunnerEnd, run: Run, args: readonly string[]) {
  if (run.cause) return undefined;
  if (!run.selection) {
    const how = signal ?? `exit code ${exitCode}`;
    return { kind: 'checks failed to run', message: `the checks have not run to their end: their runner ended with ${how}` } as const;
  }
  if (run.selection.requirements.length > 0) return undefined;
  return { kind: 'nothing selected', message: `no requirement is selected by ${args.join(' ')}` } as const;
}

function usage(problems: readonly string[]): void {
  print(`${problems.map(inLine).join('\n')}\n`, process.stderr);
  process.exitCode = exitCodes.usage;
}

/** How often is looked whether the process that started this one is still there, in milliseconds. */
const glance = 500;

/**
 * A signal, or the end of the process that started this one, ends the checks; the reports are still written, and say that
 * the run was interrupted.
 */
function interruptible({ run }: Session) {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const interrupt = (code: number, why: string) => {
    exitCode = code;
    run.end({ kind: 'interrupted', message: `the run was interrupted (${why})` });
    controller.abort();
  };
  for (const [name, code] of Object.entries(signals)) process.once(name, () => interrupt(code, name));
  // A parent of the kit's own says which it is, and may be gone before this is asked.
  const parent = parentOf(process.env) ?? process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    interrupt(signals.SIGTERM, 'the process that started it is gone');
  }, glance).unref();
  return { signal: controller.signal, exitCode: () => exitCode, stop: () => clearInterval(watch) };
}
