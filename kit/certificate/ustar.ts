/** A file of a tar archive. */
export interface Entry {
  readonly name: string;
  readonly content: Buffer;
}

const block = 512;
/** Two blocks of zeros end an archive. */
const end = Buffer.alloc(2 * block);
/** One character less than the field holds, so that every tool sees where it ends. */
const longestName = 99;
/** Where the fields of a header that are read begin, and how many bytes they take (POSIX.1-1988, ustar). */
const fields = { name: [0, 100], size: [124, 12], mtime: [136, 12], checksum: [148, 8], type: [156, 1] } as const;

const types: Readonly<Record<string, string>> = { 1: 'Link', 2: 'SymbolicLink', 3: 'CharacterDevice', 4: 'BlockDevice', 5: 'Directory', 6: 'FIFO', 7: 'ContiguousFile', S: 'SparseFile' };

/**
 * Makes a tar archive of plain files, in which nothing is of the machine or its users. There is one way to write each, so that every tool
 * unpacks the same: no extended headers, no links, no owners.
 *
 * @param at the time that the archive tells of each file, to the second
 * @throws {Error} for a name or a content that a plain header cannot hold
 */
export function toTar(entries: readonly Entry[], at: Date): Buffer {
  const seconds = Math.floor(at.getTime() / 1000);
  return Buffer.concat([...entries.flatMap(({ name, content }) => [headerOf(name, content.length, seconds), content, padding(content.length)]), end]);
}

/**
 * Reads such an archive: what `toTar` would not have written is refused, since another tool may unpack it in another way.
 *
 * @param mostFiles with more, it is refused
 * @throws {Error} with a sentence
 */
export function fromTar(tar: Buffer, mostFiles: number): readonly Entry[] {
  const headers: { header: Buffer; name: string; size: number; from: number }[] = [];
  let at = 0;
  for (; !isEnd(tar, at); at = headers.at(-1)?.from ?? at) {
    const header = tar.subarray(at, at + block);
    const size = octal(text(header, 'size'));
    if (header.length < block || size === undefined || octal(text(header, 'checksum')) !== checksumOf(header)) throw damaged();
    const type = text(header, 'type');
    const name = text(header, 'name').replace(/\0[^]*$/, '');
    // What is no file may have a content without a name, as extended headers do.
    if (type !== '0' && type !== '5') throw new Error(`"${name}" is no file, but a ${types[type] ?? `header of type ${JSON.stringify(type)}`}`);
    const from = at + block + size + padding(size).length;
    if (from > tar.length) throw damaged();
    if (headers.length >= mostFiles) throw new Error(`there are more than ${mostFiles} files`);
    headers.push({ header, name, size, from });
  }
  if (!tar.subarray(at).equals(end)) throw new Error('it holds something after its end');
  return headers.map(({ header, name, size, from }) => {
    const content = from - padding(size).length - size;
    const expected = name.length > longestName ? undefined : headerOf(name, size, octal(text(header, 'mtime')) ?? 0);
    const isOwn = expected !== undefined && header.equals(expected) && tar.subarray(content + size, from).equals(padding(size));
    if (!isOwn) throw new Error(`"${name}" has a header that this kit does not write`);
    return { name, content: tar.subarray(content, content + size) };
  });
}

function isEnd(tar: Buffer, at: number): boolean {
  return at >= tar.length || tar.subarray(at, at + block).every((byte) => byte === 0);
}

function damaged(): Error {
  return new Error('it is no tar archive, or a damaged one');
}

function headerOf(name: string, size: number, seconds: number): Buffer {
  const header = Buffer.alloc(block);
  if (Buffer.byteLength(name) > longestName) throw new Error(`"${name}" is too long a name for an archive: it takes ${longestName} bytes at most`);
  if (size > 0o77777777777 || seconds < 0 || seconds > 0o77777777777) throw new Error(`"${name}" is too large or too old for an archive`);
  const number = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  // Mode, owner, group, size, time; a checksum that counts as spaces; the type; no link; the format and its version.
  header.write(name, 0, 'latin1');
  header.write(`${number(0o644, 7)}${number(0, 7)}${number(0, 7)}${number(size, 11)}${number(seconds, 11)}        0`, fields.name[1], 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  // The device, of which a file has none.
  header.write(number(0, 7) + number(0, 7), 329, 'latin1');
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, fields.checksum[0], 'latin1');
  return header;
}

/** The sum of all bytes, in which those of the checksum itself count as spaces. */
function checksumOf(header: Buffer): number {
  const [from, length] = fields.checksum;
  return header.reduce((sum, byte, i) => sum + (i >= from && i < from + length ? 0x20 : byte), 0);
}

function padding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block);
}

function text(header: Buffer, field: keyof typeof fields): string {
  const [from, length] = fields[field];
  return header.toString('latin1', from, from + length);
}

/** A number as ustar has it; undefined for any other, such as one in base 256. */
function octal(value: string): number | undefined {
  return /^[0-7]+[ \0]+$/.test(value) ? Number.parseInt(value, 8) : undefined;
}
