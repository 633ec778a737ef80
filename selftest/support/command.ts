import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Conformance } from '../../kit/reports/conformance.ts';
import type { Scope } from './servers.ts';

export const project = fileURLToPath(new URL('../..', import.meta.url));
export const playwrightCli = join(project, 'node_modules/@playwright/test/cli.js');

/** How a command ended, and what it printed. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for the length of a test. */
export function temporaryFolder(t: Scope): string {
  const dir = mkdtempSync(join(tmpdir(), 'oauth-conformance-kit-selftest-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/**
 * Runs a command of the kit in a process of its own, in the project's folder or another, with these variables and no other of the
 * kit's: empty ones stand in for those that a `.env` might set.
 *
 * @param during is called with the process's id as soon as it runs
 */
export function run(args: readonly string[], env: Record<string, string>, during?: (pid: number) => void, cwd: string = project): Promise<Ended> {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(OAUTH_|KIT_|NODE_TEST_CONTEXT|ALLURE_)/.test(name)),
  );
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env: { ...clean, ...env } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject).on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
    if (child.pid !== undefined) during?.(child.pid);
  });
}

/** The arguments of Node.js for a command of the kit, as the npm scripts have them. Without npm, which does not pass on signals. */
export function command(name: string, ...args: readonly string[]): string[] {
  return ['--import', import.meta.resolve('@oxc-node/core/register'), join(project, 'cli.ts'), name, ...args];
}

/** The result that a run left in its reports folder. */
export function conformanceIn(reportsDir: string): Conformance {
  return JSON.parse(readFileSync(join(reportsDir, 'conformance.json'), 'utf8')) as Conformance;
}
