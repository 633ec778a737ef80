import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { create, Header } from 'tar';
import { readArchive, writeArchive } from '../kit/certificate/archive.ts';
import { temporaryFolder } from './support/command.ts';

const at = new Date('2026-01-02T03:04:05Z');

test('what is written is read again, and is the same bytes each time', async (t) => {
  const dir = temporaryFolder(t);
  const files = new Map([['a.json', Buffer.from('{}')], ['exchanges/00001.json', Buffer.from([0, 255, 10])]]);
  for (const name of ['one.tgz', 'two.tgz']) await writeArchive(join(dir, name), 'certificate', files, at);
  assert.deepEqual(await readArchive(join(dir, 'one.tgz')), files);
  assert.deepEqual(await readArchive(join(dir, 'two.tgz')), files);
});

/** An entry of a tar archive as its bytes, whatever it is called. */
function entry(path: string, content: string | number, type: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'Directory' = 'File', linkpath?: string): Buffer {
  const body = Buffer.from(typeof content === 'string' ? content : '');
  const size = typeof content === 'number' ? content : body.length;
  const header = Buffer.alloc(512);
  new Header({ path, mode: 0o644, size: type === 'File' ? size : 0, type, mtime: at, ...(linkpath !== undefined && { linkpath }) }).encode(header, 0);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
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
