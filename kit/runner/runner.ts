import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gatewayVariable } from './control.ts';
import type { Environment } from '../settings/settings.ts';
import { extension } from '../version.ts';

const playwright = join(dirname(createRequire(import.meta.url).resolve('@playwright/test')), 'cli.js');
const config = fileURLToPath(new URL(`../../playwright.config.${extension}`, import.meta.url));

/** Has the runner and its worker, which takes these over, give memory back early: else they would hold a fifth more for nothing. */
const sparing = {
  nodeArgs: ['--max-semi-space-size=2'],
  env: { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072' },
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
export function runChecks(gatewayUrl: string, env: Environment, args: readonly string[], signal: AbortSignal): Promise<RunnerEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...sparing.nodeArgs, playwright, 'test', '--config', config, ...args], {
      env: { ...sparing.env, ...quiet(env), [gatewayVariable]: gatewayUrl },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', (error) => (signal.aborted ? undefined : reject(error)));
    child.on('close', (exitCode, endedBy) => resolve({ exitCode, signal: endedBy, output }));
  });
}

/** Without the variables that have the runner print or record what is sent, or report to others. */
export function quiet(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(DEBUG$|NODE_DEBUG$|PW|ALLURE_)/.test(name)));
}

/** Prints the tests that the arguments select, without a run. Resolves to the runner's exit code. */
export function listChecks(env: Environment, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [playwright, 'test', '--config', config, ...args], { env: { ...env }, stdio: 'inherit' });
    child.on('error', reject).on('close', (exitCode) => resolve(exitCode ?? 1));
  });
}
