import { readFile, stat, writeFile } from 'node:fs/promises';
import { crc32, gzipSync, inflateRawSync } from 'node:zlib';
import { replaceWhole } from '../reports/folder.ts';
import { fromTar, toTar } from './ustar.ts';

/** Files by their names, which have slashes for folders. */
export type Files = ReadonlyMap<string, Buffer>;

/** The most that is read: a bundle holds some 600 files of a few KB. */
const most = { packed: 64 * 1024 * 1024, unpacked: 256 * 1024 * 1024, files: 10_000 };
const safeName = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/;

/** Writes files into a folder of a gzipped tar archive, whole or not at all, for the user alone. @param at the time that the archive tells of each file */
export async function writeArchive(file: string, folder: string, files: Files, at: Date): Promise<void> {
  const packed = gzipSync(toTar([...files].map(([name, content]) => ({ name: `${folder}/${name}`, content })), at));
  await replaceWhole(file, (unfinished) => writeFile(unfinished, packed, { flag: 'wx', mode: 0o600 }));
}

/**
 * Reads such an archive into memory; nothing is unpacked to a disk. What is read is what any other tool unpacks: an archive that could be
 * read in two ways is none.
 *
 * @throws {Error} with a sentence, where it is no such archive: links, extended headers, absolute names, names that lead elsewhere, one name
 *   twice, something after its end, or more than a bundle has
 */
export async function readArchive(file: string): Promise<Files> {
  const found = await stat(file).catch(({ code }: NodeJS.ErrnoException) => {
    throw new Error(`it cannot be read (${code})`);
  });
  if (!found.isFile()) throw new Error('it is no file');
  if (found.size > most.packed) throw new Error(`it has ${found.size} bytes, more than the ${most.packed} that are read`);
  const entries = fromTar(gunzip(await readFile(file)), most.files);
  const files = new Map<string, Buffer>();
  const known = new Set<string>();
  for (const { name: path, content } of entries) {
    if (!safeName.test(path) || path.split('/').includes('..')) throw new Error(`"${path}" is no name of a file in a bundle`);
    // On some disks, names that differ in their case are one.
    if (known.has(path.toLowerCase())) throw new Error(`"${path}" is there twice`);
    known.add(path.toLowerCase());
    files.set(path.split('/').slice(1).join('/'), content);
  }
  const inside = [...known].find((path) => parentsOf(path).some((parent) => known.has(parent)));
  if (inside !== undefined) throw new Error(`"${inside}" is in a folder that is a file`);
  if (new Set(entries.map(({ name }) => name.split('/')[0])).size !== 1 || files.has('')) throw new Error('it holds something beside the one folder of a bundle');
  return files;
}

function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** How a gzip file begins (RFC 1952) that has no name, no comment and no time. What made it, and on which system, does not matter. */
const plainHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
const headerLength = 10;
const trailerLength = 8;

/** Unpacks a gzip file of one member. Node's own function also takes several, and passes over what comes after. */
function gunzip(packed: Buffer): Buffer {
  const broken = (cause?: unknown) => new Error('it is not gzipped, or damaged', { cause });
  if (packed.length < headerLength + trailerLength || !packed.subarray(0, 3).equals(plainHeader.subarray(0, 3))) throw broken();
  if (!packed.subarray(0, plainHeader.length).equals(plainHeader)) throw new Error('it has a gzip header that this kit does not write');
  const { buffer, engine } = inflated(packed.subarray(headerLength), broken);
  const end = headerLength + engine.bytesWritten;
  if (end + trailerLength > packed.length || packed.readUInt32LE(end) !== crc32(buffer) || packed.readUInt32LE(end + 4) !== buffer.length) throw broken();
  if (end + trailerLength !== packed.length) throw new Error('it holds something after its end');
  return buffer;
}

/** What a deflated stream unpacks to, and by `bytesWritten` where it ends. */
function inflated(deflated: Buffer, broken: (cause: unknown) => Error) {
  try {
    return inflateRawSync(deflated, { maxOutputLength: most.unpacked, info: true }) as unknown as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw broken(error);
    throw new Error(`it unpacks to more than the ${most.unpacked} bytes that are read`, { cause: error });
  }
}
