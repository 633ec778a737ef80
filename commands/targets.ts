import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { completeVariable } from '../kit/control.ts';
import { exitCodes } from '../kit/finish.ts';
import { environment, SettingsError, type Environment } from '../kit/settings.ts';
import { environmentFor, readTargets, type NamedTarget } from '../kit/targets.ts';
import { writeOverview } from './overview.ts';

/** Exit codes from the worst on: what is known to be broken comes before what is not known. */
const worstFirst: readonly number[] = [exitCodes.exposed, exitCodes['non-conformant'], exitCodes.usage, exitCodes.inconclusive, exitCodes.conformant];

/**
 * Judges the targets of a file one after another, each into a folder of its own and in a process of its own, so that none stops the
 * rest, and makes an index of all of them.
 *
 * @param only the names of those to judge, for one of several machines; none for all
 * @returns the worst of their exit codes
 */
export async function runTargets(file: string, only: readonly string[], args: readonly string[]): Promise<number> {
  const all = await readTargets(file);
  const unknown = only.filter((name) => !all.some((target) => target.name === name));
  if (unknown.length > 0) throw new SettingsError(unknown.map((name) => `--target ${name} is not in ${file}: it takes one of ${all.map((target) => target.name).join(', ')}`));
  const chosen = only.length === 0 ? all : all.filter(({ name }) => only.includes(name));
  const env = environment();
  const reportsDir = env.OAUTH_REPORTS_DIR ?? 'reports';
  const folderOf = ({ name }: NamedTarget) => join(reportsDir, name);
  const codes: number[] = [];
  for (const target of chosen) {
    process.stdout.write(`\n== ${target.name}: ${target.baseUrl}\n`);
    codes.push(await judgeAlone(environmentFor(target, env, folderOf(target)), args));
  }
  await writeOverview(chosen.map(folderOf), reportsDir);
  return codes.find((code) => !worstFirst.includes(code)) ?? worstFirst.find((code) => codes.includes(code)) ?? exitCodes.inconclusive;
}

/** Runs this program on one target. @returns its exit code; that of an inconclusive run where it has none */
function judgeAlone(env: Environment, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'run', ...args], {
      // All there is to know is here: a `.env` would give a second client to a target that has none.
      env: { ...env, [completeVariable]: '1' },
      stdio: 'inherit',
    });
    child.on('error', reject).on('close', (code) => resolve(code ?? exitCodes.inconclusive));
  });
}
