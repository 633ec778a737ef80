import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SettingsError } from '../settings/settings.ts';
import { makeFolder } from './folder.ts';

/**
 * Makes sure of the file that Allure keeps its history in, a line of JSON a run, before anything is judged.
 *
 * @throws {SettingsError} where it cannot be written to, or holds anything else
 */
export async function openHistory(file: string): Promise<void> {
  const lines = await read(file);
  const damaged = lines.findIndex((line) => line !== '' && !isObject(line));
  if (damaged < 0) return;
  throw new SettingsError([
    `OAUTH_HISTORY_FILE names a file that is not such a history (line ${damaged + 1}): it takes one that an earlier run has written, or the path of one to be made`,
  ]);
}

async function read(file: string): Promise<string[]> {
  try {
    await makeFolder(dirname(file));
    await using handle = await open(file, 'a+', 0o600);
    return (await handle.readFile('utf8')).split('\n');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsError([`OAUTH_HISTORY_FILE names a file that cannot be written to (${code}): it takes one that can, or can be made`]);
  }
}

function isObject(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
