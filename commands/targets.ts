import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { signals } from '../kit/command.ts';
import { print } from '../kit/print.ts';
import { exitCodes } from '../kit/finish.ts';
import { holdFolder } from '../kit/reports/folder.ts';
import type { Overviewed } from '../kit/reports/overview.ts';
import { runEnvironment } from '../kit/settings/children.ts';
import { environment, noteOnDotenv, SettingsError, type Environment } from '../kit/settings/environment.ts';
import { environmentFor, exportsOf, readTargets, unsetIn, variablesOf, type NamedTarget } from '../kit/settings/targets.ts';
import { overviewed, writeOverview } from './overview.ts';

/** Exit codes from the worst on: what is known to be broken comes before what is not known. */
const worstFirst: readonly number[] = [exitCodes.exposed, exitCodes['non-conformant'], exitCodes.usage, exitCodes.inconclusive, exitCodes.conformant];

/** How the run of one of several targets ended. */
interface Ended {
  readonly code: number;
  readonly shown: Overviewed;
}

/**
 * Judges the targets of a file one after another, each into a folder of its own and in a process of its own, so that none stops the
 * rest, and makes an index of all of them. A signal ends the run that is under way, and begins no other.
 *
 * @param only the names of those to judge, for one of several machines; none for all
 * @returns the worst of their exit codes
 */
export async function runTargets(file: string, only: readonly string[], args: readonly string[]): Promise<number> {
  const all = await readTargets(file);
  const unknown = only.filter((name) => !all.some((target) => target.name === name));
  if (unknown.length > 0) throw new SettingsError(unknown.map((name) => `--target ${name} is not in ${file}: it takes one of ${all.map((target) => target.name).join(', ')}`));
  const chosen = only.length === 0 ? all : all.filter(({ name }) => only.includes(name));
  const variables = variablesOf(all);
  const env = environment(process.env, '.env', variables);
  print(noteOnDotenv(process.env, '.env', variables) ?? '', process.stderr);
  const reportsDir = env.OAUTH_REPORTS_DIR ?? 'reports';
  // For the index; each run takes the folder of its target.
  await holdFolder(reportsDir);
  const runs = interruptibleRuns();

  const judge = async (target: NamedTarget): Promise<Ended> => {
    const { name } = target;
    const folder = join(reportsDir, name);
    const without = (code: number, problem: string) => ({ code, shown: { name, folder: name, problem } });
    const interrupted = runs.interrupted();
    if (interrupted !== undefined) return without(interrupted, 'it was not judged: the run was interrupted');
    print(`\n== ${name}\n`);
    const unset = unsetIn(target, env);
    if (unset.length > 0) {
      print(unset.map((problem) => `${name}: ${problem}\n`).join(''), process.stderr);
      return without(exitCodes.usage, unset.join('; '));
    }
    print(`To send requests of its reports again: ${exportsOf(target)}\n`);
    const begun = new Date();
    const code = await runs.run(environmentFor(target, all, env, folder), args);
    const shown = await overviewed(folder, reportsDir);
    // A run that has not begun leaves there what the one before it said.
    const isOfThisRun = shown.conformance !== undefined && new Date(shown.conformance.startedAt) >= begun;
    return isOfThisRun ? { code, shown } : without(code, `it was not judged: its run ended with exit code ${code}, for the reason that its output gives`);
  };

  const ended: Ended[] = [];
  for (const target of chosen) ended.push(await judge(target));
  await writeOverview(ended.map(({ shown }) => shown), reportsDir);
  const codes = ended.map(({ code }) => code);
  return codes.find((code) => !worstFirst.includes(code)) ?? worstFirst.find((code) => codes.includes(code)) ?? exitCodes.inconclusive;
}

/** Runs this program on one target after another, until a signal comes, which it hands on to the one that is under way. */
function interruptibleRuns() {
  let child: ChildProcess | undefined;
  let code: number | undefined;
  for (const [name, exitCode] of Object.entries(signals)) {
    process.once(name, () => {
      code ??= exitCode;
      child?.kill(name as NodeJS.Signals);
    });
  }
  /** Resolves to its exit code; to that of an inconclusive run where it has none. */
  const run = (env: Environment, args: readonly string[]): Promise<number> =>
    new Promise((resolve, reject) => {
      child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'run', ...args], {
        // All there is to know is here: a `.env` would give a second client to a target that has none.
        env: { ...runEnvironment(env) },
        stdio: 'inherit',
        // In a group of its own, where a terminal's Ctrl-C does not reach it a second time.
        detached: process.platform !== 'win32',
      });
      child.on('error', reject).on('close', (exitCode) => resolve(exitCode ?? exitCodes.inconclusive));
    });
  return { run, interrupted: () => code };
}
