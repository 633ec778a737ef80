import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { printableJson } from '../printable.ts';
import { SettingsError } from '../settings/settings.ts';

/** What the kit writes into the reports folder. */
export const outputs = {
  conformance: 'conformance.json',
  junit: 'junit.xml',
  summary: 'summary.md',
  statement: 'statement.html',
  badge: 'badge.svg',
  allureResults: 'allure-results',
  allureReport: 'allure-report',
} as const;

/**
 * Makes the folder and removes what an earlier run left there, so that no old verdict outlives a run that fails on its way. A certificate stays: it
 * tells by itself of when it is.
 *
 * @throws {SettingsError} where it cannot be written to
 */
export async function clearReports(dir: string): Promise<void> {
  try {
    await makeFolder(dir);
    await Promise.all(Object.values(outputs).map((name) => rm(join(dir, name), { recursive: true, force: true })));
    // Under a name of its own: whoever waits for the verdict must not find an empty one.
    const trial = join(dir, '.writable');
    await writeWhole(trial, '');
    await rm(trial);
  } catch (error) {
    throw unwritable(error);
  }
}

/** What is wrong with a reports folder that could not be written to. */
export function unwritable(error: unknown): SettingsError {
  const { code } = error as NodeJS.ErrnoException;
  return new SettingsError([`OAUTH_REPORTS_DIR names a folder that cannot be written to (${code}): it takes one that can, or can be made`]);
}

/** Makes a folder and those above it. Node's own way to do so never returns where one cannot be made in `/proc`. */
export async function makeFolder(dir: string): Promise<void> {
  const missing: string[] = [];
  for (let each = resolve(dir); !(await isThere(each)); each = dirname(each)) missing.unshift(each);
  for (const each of missing) {
    await mkdir(each).catch((error: NodeJS.ErrnoException) => {
      // Another run may have made it since.
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

/** JSON as every file of the kit has it: it acts nowhere, whatever texts are in it. */
export function jsonOf(value: unknown): string {
  return `${printableJson(JSON.stringify(value, null, 2))}\n`;
}

/** Writes a file so that it is there whole or not at all. */
export async function writeWhole(file: string, content: string): Promise<void> {
  const unfinished = `${file}.unfinished`;
  try {
    await writeFile(unfinished, content);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
