import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../settings/settings.ts';

/** The environment variable that tells the processes of a run of their scratch folder. */
export const scratchVariable = 'KIT_SCRATCH';

/** A file that only a folder made here has: no other folder is used, emptied or removed, whatever a variable names. */
const marker = '.oauth-conformance-kit';

/** Makes a folder for what the runner writes, which nobody else can read or enter. */
export function makeScratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'oauth-conformance-kit-'));
  writeFileSync(join(folder, marker), '', { flag: 'wx', mode: 0o600 });
  return folder;
}

/** The scratch folder that the environment names; undefined if it names none that the kit made. */
export function scratchIn(env: Environment): string | undefined {
  const folder = env[scratchVariable];
  return folder !== undefined && existsSync(join(folder, marker)) ? folder : undefined;
}

/** Removes what one of these functions returned. */
export function removeScratch(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
