import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingsError } from '../settings.ts';

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
 * Makes the folder and removes what an earlier run left there, so that no old verdict outlives a failed run.
 *
 * @throws {SettingsError} where it cannot be written to
 */
export async function clearReports(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
    await Promise.all(Object.values(outputs).map((name) => rm(join(dir, name), { recursive: true, force: true })));
    // Under a name of its own: whoever waits for the verdict must not find an empty one.
    const trial = join(dir, '.writable');
    await writeWhole(trial, '');
    await rm(trial);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsError([`OAUTH_REPORTS_DIR names a folder that cannot be written to (${code}): it takes one that can, or can be made`]);
  }
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
