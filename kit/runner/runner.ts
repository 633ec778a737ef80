import { spawn, type SpawnOptions } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerEnvironment } from '../settings/children.ts';
import type { Environment } from '../settings/settings.ts';
import { cacheVariable, transformCache } from './cache.ts';
import { gatewayVariable } from './control.ts';
import { makeScratch, removeScratch, scratchVariable } from './scratch.ts';
import { extension } from '../version.ts';

const playwright = join(dirname(createRequire(import.meta.url).resolve('@playwright/test')), 'cli.js');
const config = fileURLToPath(new URL(`../../playwright.config.${extension}`, import.meta.url));

/**
 * Makes the runner and its worker, which inherits these, take a third less memory. They load modules as this process does: Playwright's own
 * loader would hold a compiler in each of them, and keep what it compiles in a folder that other users of the machine may write to.
 */
const sparing = {
  nodeArgs: ['--max-semi-space-size=2', '--optimize-for-size', ...(extension === 'ts' ? ['--import', import.meta.resolve('@oxc-node/core/register')] : [])],
  env: { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072', PW_DISABLE_TS_ESM: '1' },
};

/** How the runner ended. Its exit code is not a verdict: it is 0 for an all-skipped run, too. */
export interface RunnerEnd {
  readonly exitCode: number | null;
  /** The signal that it died of. */
  readonly signal: NodeJS.Signals | null;
  /** What it printed, for the case that it never got to run a check. */
  readonly output: string;
}

/**
 * Runs the checks as Playwright tests in a process of their own.
 *
 * @param args further arguments for `playwright test`
 * @param signal ends the runner
 */
export async function runChecks(gatewayUrl: string, env: Environment, args: readonly string[], signal: AbortSignal): Promise<RunnerEnd> {
  const scratch = makeScratch();
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [...sparing.nodeArgs, playwright, 'test', '--config', config, ...args], {
        env: { ...runnerEnvironment(env), ...sparing.env, [gatewayVariable]: gatewayUrl, ...foldersIn(scratch) },
        // The channel carries nothing: it closes when this process dies, and the runner then ends, too.
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        signal,
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.on('error', (error) => (signal.aborted ? undefined : reject(error)));
      child.on('close', (exitCode, endedBy) => resolve({ exitCode, signal: endedBy, output }));
    });
  } finally {
    // The runner removes it, too, and cannot if it was killed.
    removeScratch(scratch);
  }
}

/** Prints the tests that the arguments select, without a run. Resolves to the runner's exit code. */
export async function listChecks(env: Environment, args: readonly string[]): Promise<number> {
  const scratch = makeScratch();
  try {
    return await new Promise((resolve, reject) => {
      const options: SpawnOptions = { env: { ...runnerEnvironment(env), ...foldersIn(scratch) }, stdio: 'inherit' };
      const child = spawn(process.execPath, [playwright, 'test', '--config', config, ...args], options);
      child.on('error', reject).on('close', (exitCode) => resolve(exitCode ?? 1));
    });
  } finally {
    removeScratch(scratch);
  }
}

function foldersIn(scratch: string): Environment {
  return { [scratchVariable]: scratch, [cacheVariable]: transformCache(scratch) };
}
