import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { create, Parser, type ReadEntry } from 'tar';

/** Files by their names, which have slashes for folders. */
export type Files = ReadonlyMap<string, Buffer>;

/** The most that is read: a bundle holds some 600 files of a few KB. */
const most = { packed: 64 * 1024 * 1024, unpacked: 256 * 1024 * 1024, files: 10_000 };
const safeName = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*\/?$/;

/** Writes files into a folder of a gzipped tar archive, whole or not at all. @param at the time that the archive tells of each file */
export async function writeArchive(file: string, folder: string, files: Files, at: Date): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'oauth-conformance-kit-'));
  const unfinished = `${file}.unfinished`;
  try {
    for (const [name, content] of files) {
      await mkdir(dirname(join(dir, folder, name)), { recursive: true });
      await writeFile(join(dir, folder, name), content);
    }
    // Portable: nothing of the machine and its users.
    await create({ file: unfinished, cwd: dir, gzip: true, portable: true, mtime: at }, [folder]);
    await rename(unfinished, file);
  } finally {
    await Promise.all([rm(dir, { recursive: true, force: true }), rm(unfinished, { force: true })]);
  }
}

/**
 * Reads such an archive into memory; nothing is unpacked to a disk.
 *
 * @throws {Error} with a sentence, where it is no such archive: links, absolute names, names that lead elsewhere, one name twice, or
 *   more than a bundle has
 */
export async function readArchive(file: string): Promise<Files> {
  const found = await stat(file).catch(({ code }: NodeJS.ErrnoException) => {
    throw new Error(`it cannot be read (${code})`);
  });
  if (!found.isFile()) throw new Error('it is no file');
  if (found.size > most.packed) throw new Error(`it has ${found.size} bytes, more than the ${most.packed} that are read`);
  const unpacked = gunzip(await readFile(file));
  const files = new Map<string, Buffer>();
  const folders = new Set<string>();
  let fault: string | undefined;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry: ReadEntry) => {
      const { path, type } = entry;
      const name = path.split('/').slice(1).join('/');
      folders.add(path.split('/')[0] ?? '');
      if (type !== 'File' && type !== 'Directory') fault ??= `"${path}" is no file, but a ${type}`;
      else if (!safeName.test(path) || path.split('/').includes('..')) fault ??= `"${path}" is no name of a file in a bundle`;
      else if (files.has(name)) fault ??= `"${path}" is there twice`;
      else if (files.size >= most.files) fault ??= `there are more than ${most.files} files`;
      if (fault !== undefined || type !== 'File') {
        entry.resume();
        return;
      }
      const chunks: Buffer[] = [];
      files.set(name, Buffer.alloc(0));
      entry.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => files.set(name, Buffer.concat(chunks)));
    },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      parser.on('end', resolve).on('error', reject);
      parser.end(unpacked);
    });
  } catch {
    throw new Error('it is no tar archive, or a damaged one');
  }
  if (fault !== undefined) throw new Error(fault);
  if (folders.size !== 1) throw new Error('it holds something beside the one folder of a bundle');
  return files;
}

function gunzip(packed: Buffer): Buffer {
  try {
    return gunzipSync(packed, { maxOutputLength: most.unpacked });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new Error(tooLarge ? `it unpacks to more than the ${most.unpacked} bytes that are read` : 'it is not gzipped, or damaged', { cause: error });
  }
}
