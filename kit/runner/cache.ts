import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extension, root } from '../version.ts';

/** The environment variable that tells Playwright where to keep the code that it has compiled, and runs from then on. */
export const cacheVariable = 'PLAYWRIGHT_TRANSFORM_CACHE_DIR';

/**
 * The folder for the code that the runner compiles. Playwright's own is one below the system's temporary folder, which any user of the machine
 * can make first and fill with code. This one stays from run to run in a clone, and is used if no other user can write to it.
 *
 * @param scratch the folder of this run, where the code is compiled anew
 * @param clone the folder of the kit
 */
export function transformCache(scratch: string, clone: string = fileURLToPath(root)): string {
  // A package is compiled already.
  const kept = extension === 'ts' ? privateFolder(join(clone, 'node_modules', '.cache', 'oauth-conformance-kit')) : undefined;
  return kept ?? join(scratch, 'cache');
}

/** The folder, which is made if it is missing; undefined if it cannot be made, or if others can write to it. */
function privateFolder(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    if (!found.isDirectory()) return undefined;
    // Windows has neither, and a temporary folder for each user.
    if (process.getuid === undefined) return folder;
    return found.uid === process.getuid() && (found.mode & 0o022) === 0 ? folder : undefined;
  } catch {
    return undefined;
  }
}
