import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import type { Secrets } from './redaction.ts';

/** A secret in a file that was written. */
export interface Exposure {
  /** The path of the file, and where it is an archive or holds encoded data, the way on inside. */
  readonly place: string;
  readonly file: string;
  /** Position of the first byte, in what is named by `place`. */
  readonly offset: number;
  /** What stands for the secret wherever else it would be: its placeholder. */
  readonly secret: string;
}

/** Archives are opened so many times, one inside the other. */
const deepest = 3;
/** The most that one archive may unfold to, in bytes: what is larger was not written by this kit. */
const largest = 256 * 1024 * 1024;

/**
 * Reads all files below some paths, archives in them included, for secrets in any encoding.
 *
 * @returns the first exposure in each place
 */
export async function exposuresIn(paths: readonly string[], secrets: Secrets): Promise<Exposure[]> {
  const files = (await Promise.all(paths.map(filesBelow))).flat();
  const exposures: Exposure[] = [];
  for (const file of files) {
    for (const { place, bytes } of layersOf(file, await readFile(file), 0)) {
      const found = secrets.first(bytes, 'written');
      if (found) exposures.push({ place, file, offset: found.from, secret: found.placeholder });
    }
  }
  return exposures;
}

/** Whether a text holds a secret; what stands for the first one, where it does. */
export function exposedIn(text: string, secrets: Secrets): string | undefined {
  return secrets.first(Buffer.from(text), 'written')?.placeholder;
}

async function filesBelow(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  return (await Promise.all((await readdir(path)).map((name) => filesBelow(join(path, name))))).flat();
}

interface Layer {
  readonly place: string;
  readonly bytes: Buffer;
}

/** The bytes of a file, and what they unfold to. */
function* layersOf(place: string, bytes: Buffer, depth: number): Generator<Layer> {
  yield { place, bytes };
  if (depth < deepest) for (const inner of inside(place, bytes)) yield* layersOf(inner.place, inner.bytes, depth + 1);
}

function* inside(place: string, bytes: Buffer): Generator<Layer> {
  const magic = bytes.subarray(0, 4).toString('latin1');
  if (magic.startsWith('\x1f\x8b')) yield* opened(() => [{ place: `${place} (gzip)`, bytes: gunzipSync(bytes, { maxOutputLength: largest }) }]);
  if (magic === 'PK\x03\x04') {
    yield* opened(() => {
      const entries = unzipSync(bytes, { filter: ({ originalSize }) => originalSize <= largest });
      return Object.entries(entries).map(([name, entry]) => ({ place: `${place} (${name})`, bytes: Buffer.from(entry) }));
    });
  }
  // The search opens base64 by itself, but no archive. To look behind saves to look at the same run from each of its characters.
  for (const { 0: run, index } of bytes.toString('latin1').matchAll(/(?<![A-Za-z0-9+/_-])(?:H4sI|UEsD)[A-Za-z0-9+/_-]{60,}/g)) {
    yield { place: `${place} (base64 at byte ${index})`, bytes: Buffer.from(run, 'base64') };
  }
}

/** What an archive holds; nothing where it only begins like one, as a target's text may. */
function opened(open: () => readonly Layer[]): readonly Layer[] {
  try {
    return open();
  } catch {
    return [];
  }
}
