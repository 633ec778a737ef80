import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { link } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { array, assert as always, asyncProperty, boolean, integer, tuple, uint8Array } from 'fast-check';
import { create, Header } from 'tar';
import { readArchive, writeArchive } from '../kit/certificate/archive.ts';
import { toTar } from '../kit/certificate/ustar.ts';
import { temporaryFolder } from './support/command.ts';

const at = new Date('2026-01-02T03:04:05Z');

test('what is written is read again, and is the same bytes each time', async (t) => {
  const dir = temporaryFolder(t);
  const files = new Map([['a.json', Buffer.from('{}')], ['exchanges/00001.json', Buffer.from([0, 255, 10])]]);
  for (const name of ['one.tgz', 'two.tgz']) await writeArchive(join(dir, name), 'certificate', files, at);
  assert.deepEqual(await readArchive(join(dir, 'one.tgz')), files);
  assert.deepEqual(await readArchive(join(dir, 'two.tgz')), files);
});

/** An entry of a tar archive as its bytes, whatever it is called; a number is how many bytes are missing of a file. */
function entry(path: string, content: string | number, type: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'Directory' = 'File', linkpath?: string): Buffer {
  if (type === 'File') {
    const file = toTar([{ name: path, content: typeof content === 'number' ? Buffer.alloc(content) : Buffer.from(content) }], at);
    return file.subarray(0, typeof content === 'number' ? 512 : -1024);
  }
  const header = Buffer.alloc(512);
  new Header({ path, mode: 0o644, size: 0, type, mtime: at, ...(linkpath !== undefined && { linkpath }) }).encode(header, 0);
  return header;
}

function archive(t: TestContext, ...entries: readonly Buffer[]): string {
  const file = join(temporaryFolder(t), 'bundle.tgz');
  writeFileSync(file, gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)])));
  return file;
}

const first = entry('certificate/a.json', '{}');

test('what a bundle has no use for is not read, and is named', async (t) => {
  const hostile: Readonly<Record<string, readonly [readonly Buffer[], RegExp]>> = {
    'an absolute name': [[entry('/etc/passwd', 'x')], /^"\/etc\/passwd" is no name of a file in a bundle$/],
    'a way up': [[first, entry('certificate/../../x', 'x')], /^"certificate\/\.\.\/\.\.\/x" is no name of a file in a bundle$/],
    'a drive': [[entry('C:/x', 'x')], /is no name of a file/],
    'a name with a backslash': [[entry('certificate\\..\\x', 'x')], /is no name of a file/],
    'a hidden file': [[entry('certificate/.npmrc', 'x')], /is no name of a file/],
    'a symbolic link': [[entry('certificate/x', '', 'SymbolicLink', '/etc/passwd')], /^"certificate\/x" is no file, but a SymbolicLink$/],
    'a hard link': [[first, entry('certificate/x', '', 'Link', 'certificate/a.json')], /^"certificate\/x" is no file, but a Link$/],
    'a device': [[entry('certificate/x', '', 'CharacterDevice')], /^"certificate\/x" is no file, but a CharacterDevice$/],
    'one name twice': [[first, entry('certificate/a.json', '{"verdict":"conformant"}')], /^"certificate\/a\.json" is there twice$/],
    'two folders': [[first, entry('other/b.json', '{}')], /^it holds something beside the one folder of a bundle$/],
    'no file at all': [[], /^it (holds something beside|is no tar archive)/],
    'too many files': [Array.from({ length: 10_001 }, (_, i) => entry(`certificate/${i}.json`, '')), /^there are more than 10000 files$/],
    'a file that is cut off': [[entry('certificate/a.json', 5000)], /^it is no tar archive, or a damaged one$/],
  };
  for (const [name, [entries, says]] of Object.entries(hostile)) {
    await assert.rejects(readArchive(archive(t, ...entries)), ({ message }: Error) => says.test(message) || assert.fail(`${name}: ${message}`), name);
  }
});

/** What GNU tar unpacks an archive to, by names; undefined where it finds fault with it. */
function unpacked(t: TestContext, file: string): ReadonlyMap<string, string> | undefined {
  const dir = temporaryFolder(t);
  if (spawnSync('tar', ['-xzf', file, '-C', dir], { stdio: 'ignore' }).status !== 0) return undefined;
  const names = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((each) => !each.isDirectory()).map((each) => join(each.parentPath, each.name));
  return sorted(names.map((name) => [relative(dir, name), readFileSync(name, 'latin1')]));
}

/** The same as the kit reads it. */
async function read(file: string): Promise<ReadonlyMap<string, string> | undefined> {
  const files = await readArchive(file).catch(() => undefined);
  return files && sorted([...files].map(([name, content]) => [`certificate/${name}`, content.toString('latin1')]));
}

function sorted(files: readonly (readonly [name: string, content: string])[]): ReadonlyMap<string, string> {
  return new Map(files.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const bundle = new Map([['README.md', Buffer.from('# Certificate\n')], ['exchanges/00001.json', Buffer.from('{}')], ['empty.json', Buffer.alloc(0)], ['block.json', Buffer.alloc(512, 'x')]]);

test('GNU tar lists and unpacks what is read, and nothing else', async (t) => {
  const file = join(temporaryFolder(t), 'bundle.tgz');
  await writeArchive(file, 'certificate', bundle, at);
  assert.equal(spawnSync('tar', ['-tzf', file], { encoding: 'utf8' }).stdout, [...bundle.keys()].map((name) => `certificate/${name}\n`).join(''));
  assert.deepEqual(unpacked(t, file), await read(file));
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('an archive that GNU tar unpacks to something else is not read', async (t) => {
  const plain = toTar([...bundle].map(([name, content]) => ({ name: `certificate/${name}`, content })), at);
  const body = plain.subarray(0, -1024);
  const end = plain.subarray(-1024);
  const pax = (type: string, record: string) => {
    const header = Buffer.from(toTar([{ name: 'certificate/x', content: Buffer.from(record) }], at).subarray(0, 512));
    return Buffer.concat([withChecksum(header, () => header.write(type, 156)), Buffer.from(record), Buffer.alloc((512 - (record.length % 512)) % 512)]);
  };
  const record = (text: string) => `${text.length + 3} ${text}\n`;
  const edited = (edit: (header: Buffer) => void) => {
    const copy = Buffer.from(plain);
    withChecksum(copy.subarray(0, 512), edit);
    return copy;
  };
  const zipped = gzipSync(plain);
  const hostile: Readonly<Record<string, Buffer>> = {
    'a pax header with a path': gzipSync(Buffer.concat([pax('x', record('path=certificate/z')), plain])),
    'a pax header with a size': gzipSync(Buffer.concat([pax('x', record('size=3')), plain])),
    'a pax header of a sparse file': gzipSync(Buffer.concat([pax('x', record('GNU.sparse.name=certificate/z') + record('GNU.sparse.major=1') + record('GNU.sparse.minor=0')), plain])),
    'a pax header for all': gzipSync(Buffer.concat([pax('g', record('path=certificate/z')), plain])),
    'a comment for all': gzipSync(Buffer.concat([pax('g', record('comment=x')), plain])),
    'a long name as GNU has it': gzipSync(Buffer.concat([pax('L', 'certificate/z\0'), plain])),
    'a long link as GNU has it': gzipSync(Buffer.concat([pax('K', 'certificate/z\0'), plain])),
    'a sparse file as GNU has it': gzipSync(edited((header) => header.write('S', 156))),
    'a file of the old type': gzipSync(edited((header) => header.write('\0', 156))),
    'a contiguous file': gzipSync(edited((header) => header.write('7', 156))),
    'a file with a link': gzipSync(edited((header) => header.write('certificate/z', 157))),
    'a size in base 256': gzipSync(edited((header) => header.write('\x80\0\0\0\0\0\0\0\0\0\0\x0e', 124, 'latin1'))),
    'a size with a sign': gzipSync(edited((header) => header.write('-0000000016', 124))),
    'a prefix': gzipSync(edited((header) => header.write('other', 345))),
    'a name that goes on behind a NUL': gzipSync(edited((header) => header.write('z', 60))),
    'the magic of GNU': gzipSync(edited((header) => header.write('ustar  \0', 257))),
    'no magic': gzipSync(edited((header) => header.fill(0, 257, 265))),
    'another owner': gzipSync(edited((header) => header.write('0000001', 108))),
    'another mode': gzipSync(edited((header) => header.write('0004755', 100))),
    'a folder': gzipSync(Buffer.concat([entry('certificate/', '', 'Directory'), plain])),
    'a wrong checksum': gzipSync(Buffer.concat([Buffer.from('d'), plain.subarray(1)])),
    'a name that begins with a dot': gzipSync(toTar([{ name: './certificate/a', content: Buffer.from('x') }], at)),
    'names that differ in their case': gzipSync(toTar(['a.json', 'A.json'].map((name) => ({ name: `certificate/${name}`, content: Buffer.from('x') })), at)),
    'a file that is a folder, too': gzipSync(toTar(['a', 'a/b'].map((name) => ({ name: `certificate/${name}`, content: Buffer.from('x') })), at)),
    'one block of zeros in the midst': gzipSync(Buffer.concat([body, Buffer.alloc(512), plain])),
    'files after the end': gzipSync(Buffer.concat([plain, plain])),
    'zeros after the end': gzipSync(Buffer.concat([plain, Buffer.alloc(9 * 512)])),
    'half an end': gzipSync(Buffer.concat([body, end.subarray(512)])),
    'no end': gzipSync(body),
    'padding that is none': gzipSync(Buffer.concat([plain.subarray(0, 512 + 100), Buffer.from('x'), plain.subarray(512 + 101)])),
    'two gzip members': Buffer.concat([gzipSync(body), gzipSync(end)]),
    'a second archive': Buffer.concat([zipped, zipped]),
    'bytes after the end': Buffer.concat([zipped, Buffer.from('x')]),
    'zero bytes after the end': Buffer.concat([zipped, Buffer.alloc(16)]),
    'a gzip header with a name': Buffer.concat([zipped.subarray(0, 3), Buffer.from([8]), zipped.subarray(4, 10), Buffer.from('name\0'), zipped.subarray(10)]),
    'a gzip header with a time': Buffer.concat([zipped.subarray(0, 4), Buffer.from([1, 2, 3, 4]), zipped.subarray(8)]),
    'a wrong checksum of gzip': Buffer.concat([zipped.subarray(0, -8), Buffer.from([1, 2, 3, 4]), zipped.subarray(-4)]),
    'a gzip that is cut off': zipped.subarray(0, -1),
    'nothing': Buffer.alloc(0),
  };
  const file = join(temporaryFolder(t), 'bundle.tgz');
  writeFileSync(file, zipped);
  assert.ok(await read(file), 'as it is, it is read');
  for (const [name, content] of Object.entries(hostile)) {
    writeFileSync(file, content);
    await assert.rejects(readArchive(file), /^Error: ("|it )/, name);
  }
});

/** A header that was edited, with the checksum that it then has. */
function withChecksum(header: Buffer, edit: (header: Buffer) => void): Buffer {
  edit(header);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

test('whatever is changed in an archive, GNU tar unpacks what is read, or it is not read', async (t) => {
  const plain = toTar([...bundle].map(([name, content]) => ({ name: `certificate/${name}`, content })), at);
  const dir = temporaryFolder(t);
  const change = tuple(integer({ min: 0, max: plain.length - 1 }), uint8Array({ minLength: 1, maxLength: 12 }), boolean());
  let [accepted, nth] = [0, 0];
  await always(
    asyncProperty(array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const copy = Buffer.from(plain);
      for (const [where, bytes, repaired] of changes) {
        copy.set(bytes.subarray(0, copy.length - where), where);
        const header = copy.subarray(where - (where % 512), where - (where % 512) + 512);
        if (repaired && header.toString('latin1', 257, 262) === 'ustar') withChecksum(header, () => {});
      }
      const file = join(dir, `${nth++}.tgz`);
      writeFileSync(file, gzipSync(copy));
      const found = await read(file);
      if (!found) return;
      accepted++;
      assert.deepEqual(unpacked(t, file), found);
    }),
    { numRuns: 500 },
  );
  t.diagnostic(`${accepted} of ${nth} were read`);
});

test('what no plain header can hold is not written', () => {
  const content = Buffer.alloc(0);
  assert.throws(() => toTar([{ name: 'x'.repeat(100), content }], at), /too long a name/);
  assert.throws(() => toTar([{ name: 'x', content }], new Date(-1)), /too old/);
});

test('a bundle that unpacks to more than is read is given up early, and so is one that is too large', async (t) => {
  const dir = temporaryFolder(t);
  const bomb = join(dir, 'bomb.tgz');
  writeFileSync(bomb, gzipSync(Buffer.alloc(257 * 1024 * 1024)));
  await assert.rejects(readArchive(bomb), /^Error: it unpacks to more than the 268435456 bytes that are read$/);
  const large = join(dir, 'large.tgz');
  writeFileSync(large, '');
  truncateSync(large, 65 * 1024 * 1024);
  await assert.rejects(readArchive(large), /^Error: it has 68157440 bytes, more than the 67108864 that are read$/);
  await assert.rejects(readArchive(join(dir, 'none.tgz')), /^Error: it cannot be read \(ENOENT\)$/);
});

test('an archive that another tool has made of links is not read either', async (t) => {
  const dir = temporaryFolder(t);
  mkdirSync(join(dir, 'certificate'));
  writeFileSync(join(dir, 'certificate/a.json'), '{}');
  symlinkSync('/etc/passwd', join(dir, 'certificate/b.json'));
  await link(join(dir, 'certificate/a.json'), join(dir, 'certificate/c.json'));
  await create({ file: join(dir, 'x.tgz'), cwd: dir, gzip: true }, ['certificate']);
  await assert.rejects(readArchive(join(dir, 'x.tgz')), /is no file, but a (SymbolicLink|Link)/);
});
