import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { printableJson } from '../printable.ts';
import { SettingsError } from '../settings/environment.ts';
import { lockFolder, unlockFolder } from './lock.ts';

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

/** The folders that this process writes to, and what tells each from another that takes its place. */
const held = new Map<string, string>();

/**
 * Takes a folder for this process, until it is released or the process ends: makes it, and remembers which it is.
 *
 * @throws {SettingsError} if it cannot be written to, or if another process has taken it
 */
export async function holdFolder(dir: string): Promise<void> {
  try {
    await makeFolder(dir);
    await lockFolder(dir);
    held.set(resolve(dir), await identityOf(dir));
  } catch (error) {
    throw error instanceof SettingsError ? error : unwritable(error);
  }
}

/** Releases a folder, if this process has taken it. */
export function releaseFolder(dir: string): void {
  held.delete(resolve(dir));
  unlockFolder(dir);
}

/** @throws if the folder of a file was taken, and another folder or a link to one is in its place */
export async function checkHeld(file: string): Promise<void> {
  for (const [dir, identity] of held) {
    const isInside = `${resolve(file)}${sep}`.startsWith(`${dir}${sep}`);
    if (isInside && (await identityOf(dir).catch(() => undefined)) !== identity) throw new Error(`${relative('', dir) || dir} was replaced by another folder while the run was under way`);
  }
}

async function identityOf(dir: string): Promise<string> {
  const { dev, ino } = await stat(dir, { bigint: true });
  return `${dev} ${ino}`;
}

/**
 * Makes the folder and removes what an earlier run left there, so that no old verdict outlives a run that fails on its way. A certificate stays: it
 * tells by itself of when it is.
 *
 * @throws {SettingsError} where it cannot be written to
 */
export async function clearReports(dir: string): Promise<void> {
  try {
    await makeFolder(dir);
    const left = (await readdir(dir)).filter((name) => unfinishedName.test(name));
    await Promise.all([...Object.values(outputs), ...left].map((name) => rm(join(dir, name), { recursive: true, force: true })));
    // Under a name of its own: whoever waits for the verdict must not find an empty one.
    const trial = join(dir, '.writable');
    await writeWhole(trial, '');
    await rm(trial);
  } catch (error) {
    throw unwritable(error);
  }
}

/** What something is called until it is whole: a name that nobody can know before. */
export function unfinishedOf(path: string): string {
  return `${path}.${randomUUID()}.unfinished`;
}

const unfinishedName = /\.[0-9a-f-]{36}\.unfinished$/;

/**
 * Makes a folder in the reports folder; one that is there already stays as it is.
 *
 * @throws if something else is in its place, a link to a folder among it
 */
export async function makeInside(dir: string): Promise<void> {
  await checkHeld(dir);
  await mkdir(dir).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' || !(await lstat(dir)).isDirectory()) throw error;
  });
}

/** What is wrong with a reports folder that could not be written to. */
export function unwritable(error: unknown): SettingsError {
  const { code } = error as NodeJS.ErrnoException;
  return new SettingsError([`OAUTH_REPORTS_DIR names a folder that cannot be written to (${code}): it takes one that can, or can be made`]);
}

/** Makes a folder and those above it, for the user alone. Node's own way to do so never returns where one cannot be made in `/proc`. */
export async function makeFolder(dir: string): Promise<void> {
  const missing: string[] = [];
  for (let each = resolve(dir); !(await isThere(each)); each = dirname(each)) missing.unshift(each);
  for (const each of missing) {
    await mkdir(each, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
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

/** Writes a file so that it is there whole or not at all, and never through a link in its place. */
export function writeWhole(file: string, content: string): Promise<void> {
  return replaceWhole(file, (unfinished) => writeFile(unfinished, content, { flag: 'wx' }));
}

/**
 * Puts a file in its place when it is whole.
 *
 * @param write makes a new file of the name that it is given
 */
export async function replaceWhole(file: string, write: (unfinished: string) => Promise<void>): Promise<void> {
  await checkHeld(file);
  const unfinished = unfinishedOf(file);
  try {
    await write(unfinished);
    await checkHeld(file);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
