import { decodeHTMLStrict } from 'entities/decode';

/**
 * Bytes of a text, or of what stands encoded in it. `starts` and `ends` give for each byte the part of the text that it
 * was read from, as positions of bytes; without them, each byte stands for itself or positions are not asked for.
 */
export interface View {
  readonly bytes: Uint8Array;
  readonly starts?: Uint32Array;
  readonly ends?: Uint32Array;
}

/** Encodings that contain other bytes (base64, hexadecimal, lists of numbers) are opened so many times, one inside the other. */
const deepest = 5;

/** The shortest secret that is searched for has eight bytes; a shorter encoded run holds none. */
const shortestRun = { base64: 11, hex: 16, list: 8 } as const;

/** A text is opened up to so many times its own length, and a little more for short ones, in bytes. */
const most = { times: 24, more: 64 * 1024 };

/**
 * A text in every way in which software encodes one, composed in any order: percent-encoding (RFC 3986), references of
 * HTML, escapes of JSON, JavaScript, C and Markdown, JSON Pointer (RFC 6901), base64 and base64url (RFC 4648) at any
 * alignment, hexadecimal digits, and lists of byte values. Escapes are resolved until none is left, so that a secret is
 * to be compared in its own resolved form: see `resolved`. Takes time in proportion to the text.
 */
export class Views {
  readonly #text: Uint8Array;
  readonly #tracked: boolean;
  #left: number;

  /** @param tracked whether positions in the text are kept, which takes eight bytes of memory for each byte */
  constructor(text: Uint8Array, tracked: boolean) {
    this.#text = text;
    this.#tracked = tracked;
    this.#left = most.times * text.length + most.more;
  }

  /** Whether the text holds so much in itself that not all of it was opened. */
  get exhausted(): boolean {
    return this.#left < 0;
  }

  *[Symbol.iterator](): Generator<View> {
    const whole: View = { bytes: this.#text, ...(this.#tracked && identity(this.#text.length)) };
    yield whole;
    yield* this.#inside(whole, 0);
  }

  *#inside(view: View, depth: number): Generator<View> {
    let plain = view;
    for (const next of roundsOf(view)) yield (plain = next);
    if (depth >= deepest) return;
    for (const open of [base64In, hexIn, listsIn]) {
      for (const inner of open(plain)) {
        this.#left -= inner.bytes.length;
        if (this.exhausted) return;
        yield inner;
        yield* this.#inside(inner, depth + 1);
      }
    }
  }
}

/** A text without escapes: what it comes to when all of them are resolved. */
export function resolved(text: Uint8Array): Uint8Array {
  return [...roundsOf({ bytes: text })].at(-1)?.bytes ?? text;
}

function identity(length: number): Required<Omit<View, 'bytes'>> {
  const starts = new Uint32Array(length);
  const ends = new Uint32Array(length);
  for (let i = 0; i < length; i++) ends[i] = (starts[i] = i) + 1;
  return { starts, ends };
}

/**
 * Collects bytes that are read from a view, each with the part of the text that it stands for. It is what most of the time goes
 * into, so its fields are plain ones.
 */
class Bytes {
  private readonly from: View;
  private readonly bytes: Uint8Array;
  private readonly starts: Uint32Array | undefined;
  private readonly ends: Uint32Array | undefined;
  length = 0;

  constructor(from: View, capacity: number) {
    this.from = from;
    this.bytes = new Uint8Array(capacity);
    this.starts = from.starts && new Uint32Array(capacity);
    this.ends = from.ends && new Uint32Array(capacity);
  }

  /** Adds a byte that was read from the bytes of the view from `first` to `last`. */
  add(byte: number, first: number, last: number): void {
    this.bytes[this.length] = byte;
    if (this.starts && this.ends) {
      this.starts[this.length] = this.from.starts?.[first] ?? 0;
      this.ends[this.length] = this.from.ends?.[last] ?? 0;
    }
    this.length++;
  }

  /** Adds bytes of the view as they are. */
  copy(first: number, end: number): void {
    this.bytes.set(this.from.bytes.subarray(first, end), this.length);
    if (this.from.starts) this.starts?.set(this.from.starts.subarray(first, end), this.length);
    if (this.from.ends) this.ends?.set(this.from.ends.subarray(first, end), this.length);
    this.length += end - first;
  }

  get view(): View {
    const end = this.length;
    return {
      bytes: this.bytes.subarray(0, end),
      ...(this.starts && { starts: this.starts.subarray(0, end) }),
      ...(this.ends && { ends: this.ends.subarray(0, end) }),
    };
  }
}

const code = (character: string): number => character.charCodeAt(0);
const [percent, ampersand, backslash, tilde, hash, x, u] = ['%', '&', '\\', '~', '#', 'x', 'u'].map(code) as [number, number, number, number, number, number, number];

/** What tables have for a byte that is not of their alphabet. */
const none = 255;
/** The value of each hexadecimal digit. */
const hexValue = table('0123456789abcdef', '0123456789ABCDEF');
const base64Value = table('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', `${' '.repeat(62)}-_`);
/** What a backslash makes of the character behind it, by JSON, JavaScript, C and Markdown; 0 where it makes nothing of it. */
const escaped = escapes();

function table(...alphabets: readonly string[]): Uint8Array {
  const values = new Uint8Array(256).fill(none);
  for (const alphabet of alphabets) for (const [i, character] of Array.from(alphabet).entries()) if (character !== ' ') values[code(character)] = i;
  return values;
}

function escapes(): Uint8Array {
  const values = new Uint8Array(256);
  // What begins an escape of another kind is left to that.
  for (let byte = 33; byte < 127; byte++) if (!/[a-z0-9%&]/i.test(String.fromCharCode(byte))) values[byte] = byte;
  for (const [name, meaning] of ['b\b', 'f\f', 'n\n', 'r\r', 't\t', 'v\v'].map((pair) => Array.from(pair))) values[code(name ?? '')] = code(meaning ?? '');
  return values;
}

/** Escapes are resolved so many times, one kind inside the other. */
const mostRounds = 8;
/** The longest reference of HTML has so many characters: `&CounterClockwiseContourIntegral;`. */
const longestReference = 33;

/** The view with its escapes resolved, then with those that this has brought about, and so on; nothing where there is none. */
function* roundsOf(view: View): Generator<View> {
  let plain = view;
  for (let round = 0; round < mostRounds; round++) {
    const next = unescapedOnce(plain);
    if (next === plain) return;
    yield (plain = next);
  }
}

function unescapedOnce(view: View): View {
  const { bytes } = view;
  let out: Bytes | undefined;
  let copied = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (beginsEscape[bytes[i] as number] === 0) continue;
    const token = tokenAt(bytes, i);
    if (!token) continue;
    out ??= new Bytes(view, bytes.length);
    out.copy(copied, i);
    for (const each of token.bytes) out.add(each, i, i + token.length - 1);
    copied = i + token.length;
    i = copied - 1;
  }
  if (!out) return view;
  out.copy(copied, bytes.length);
  return out.view;
}

const beginsEscape = new Uint8Array(256);
for (const byte of [percent, ampersand, backslash, tilde]) beginsEscape[byte] = 1;

function tokenAt(bytes: Uint8Array, at: number): Token | undefined {
  const byte = bytes[at];
  if (byte === percent) return percentAt(bytes, at);
  if (byte === backslash) return escapeAt(bytes, at);
  return byte === ampersand ? referenceAt(bytes, at) : pointerAt(bytes, at);
}

/** An escape: how many bytes it has, and those that it stands for, which are not more. */
interface Token {
  readonly length: number;
  readonly bytes: readonly number[];
}

function hexAt(bytes: Uint8Array, at: number, digits: number): number | undefined {
  let value = 0;
  for (let i = at; i < at + digits; i++) {
    const digit = hexValue[bytes[i] ?? 0] ?? none;
    if (digit === none) return undefined;
    value = value * 16 + digit;
  }
  return value;
}

/** RFC 3986, section 2.1; `%u0061` is what servers of old make of other characters. */
function percentAt(bytes: Uint8Array, at: number): Token | undefined {
  const byte = hexAt(bytes, at + 1, 2);
  if (byte !== undefined) return { length: 3, bytes: [byte] };
  const unit = bytes[at + 1] === u ? hexAt(bytes, at + 2, 4) : undefined;
  return unit === undefined ? undefined : { length: 6, bytes: utf8(unit) };
}

function escapeAt(bytes: Uint8Array, at: number): Token | undefined {
  const next = bytes[at + 1] ?? 0;
  if (next === u) return unicodeAt(bytes, at);
  if (next === x) {
    const byte = hexAt(bytes, at + 2, 2);
    return byte === undefined ? undefined : { length: 4, bytes: [byte] };
  }
  if (next >= 48 && next <= 51) {
    const digits = String.fromCharCode(...bytes.subarray(at + 1, at + 4));
    return /^[0-7]{3}$/.test(digits) ? { length: 4, bytes: [Number.parseInt(digits, 8)] } : undefined;
  }
  const meaning = escaped[next] ?? 0;
  return meaning === 0 ? undefined : { length: 2, bytes: [meaning] };
}

/** `\u0061`, two of them for a character beyond the first 65,536, or `\u{61}`. */
function unicodeAt(bytes: Uint8Array, at: number): Token | undefined {
  const unit = hexAt(bytes, at + 2, 4);
  if (unit === undefined) {
    const [whole, digits = ''] = /^\\u\{([0-9a-f]{1,6})\}/i.exec(String.fromCharCode(...bytes.subarray(at, at + 10))) ?? [];
    const point = Number.parseInt(digits, 16);
    return whole === undefined || point > mostCodePoint ? undefined : { length: whole.length, bytes: utf8(point) };
  }
  const isHigh = unit >= 0xd800 && unit <= 0xdbff && bytes[at + 6] === backslash && bytes[at + 7] === u;
  const low = isHigh ? hexAt(bytes, at + 8, 4) : undefined;
  if (low === undefined || low < 0xdc00 || low > 0xdfff) return { length: 6, bytes: utf8(unit) };
  return { length: 12, bytes: utf8(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00)) };
}

/** `&#97;`, `&#x61;`, the same without a semicolon, and `&lt;`. */
function referenceAt(bytes: Uint8Array, at: number): Token | undefined {
  const next = bytes[at + 1] ?? 0;
  if (next !== hash && !isLetter(next)) return undefined;
  const text = String.fromCharCode(...bytes.subarray(at, at + longestReference));
  if (next === hash) {
    const [whole, hex, decimal] = /^&#(?:x([0-9a-f]{1,8})|(\d{1,9}));?/i.exec(text) ?? [];
    if (whole === undefined) return undefined;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point > mostCodePoint ? undefined : { length: whole.length, bytes: utf8(point) };
  }
  const end = text.indexOf(';');
  const reference = text.slice(0, end + 1);
  if (!/^&[a-z0-9]{2,31};$/i.test(reference)) return undefined;
  const meaning = Buffer.from(decodeHTMLStrict(reference));
  return meaning.length < reference.length ? { length: reference.length, bytes: [...meaning] } : undefined;
}

const isLetter = (byte: number): boolean => (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);

/** RFC 6901, section 4. */
function pointerAt(bytes: Uint8Array, at: number): Token | undefined {
  const next = bytes[at + 1];
  return next === 48 || next === 49 ? { length: 2, bytes: [next === 48 ? tilde : 47] } : undefined;
}

const mostCodePoint = 0x10_ffff;

/** A code point in UTF-8; half of a surrogate pair, which stands alone, in three bytes. */
function utf8(point: number): number[] {
  if (point < 0x80) return [point];
  if (point < 0x800) return [0xc0 | (point >> 6), 0x80 | (point & 0x3f)];
  if (point < 0x1_0000) return [0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)];
  return [0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)];
}

/** What all runs of base64 hold, at each of the four places in which a group of four characters may begin; a zero ends each run. */
function base64In(view: View): readonly View[] {
  const runs = runsOf(view.bytes, base64Value, shortestRun.base64, isLineEnd);
  const characters = runs.reduce((sum, [from, to]) => sum + to - from, 0);
  if (characters === 0) return [];
  return [0, 1, 2, 3].map((offset) => {
    const out = new Bytes(view, characters + runs.length);
    for (const [from, to] of runs) {
      let group = 0;
      let bits = 0;
      let skipped = 0;
      let previous = from;
      for (let i = from; i < to; i++) {
        const value = base64Value[view.bytes[i] ?? 0] ?? none;
        if (value === none || skipped++ < offset) continue;
        group = ((group << 6) | value) & 0xff_ffff;
        bits += 6;
        if (bits >= 8) {
          bits -= 8;
          out.add((group >> bits) & 255, previous, i);
        }
        previous = i;
      }
      out.add(0, to - 1, to - 1);
    }
    return out.view;
  });
}

/** The same for hexadecimal digits. */
function hexIn(view: View): readonly View[] {
  const runs = runsOf(view.bytes, hexValue, shortestRun.hex, () => false);
  const characters = runs.reduce((sum, [from, to]) => sum + to - from, 0);
  if (characters === 0) return [];
  return [0, 1].map((offset) => {
    const out = new Bytes(view, characters);
    for (const [from, to] of runs) {
      for (let i = from + offset; i + 1 < to; i += 2) out.add(((hexValue[view.bytes[i] ?? 0] ?? 0) << 4) | (hexValue[view.bytes[i + 1] ?? 0] ?? 0), i, i + 1);
      out.add(0, to - 1, to - 1);
    }
    return out.view;
  });
}

const isLineEnd = (byte: number): boolean => byte === 10 || byte === 13;

/** The runs of an alphabet that have so many characters, which others may lie between. */
function runsOf(bytes: Uint8Array, alphabet: Uint8Array, shortest: number, isBetween: (byte: number) => boolean): readonly (readonly [from: number, to: number])[] {
  const runs: [number, number][] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (alphabet[bytes[i] ?? 0] === none) continue;
    const from = i;
    let [count, to] = [0, i];
    for (; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      if (alphabet[byte] !== none) {
        count++;
        to = i + 1;
      } else if (!isBetween(byte)) break;
    }
    if (count >= shortest) runs.push([from, to]);
  }
  return runs;
}

/** Between the numbers of a list. */
const separators = table(',;:-[]{}()\n\r\t').fill(0, 32, 33);
/** `0x63` */
const longestNumeral = 4;

/** The bytes of a view in which the numbers of a list are written, from the first byte of each to the one behind its last. */
type Numerals = readonly (readonly [from: number, to: number])[];

/** What lists of byte values hold, in decimal or hexadecimal numbers: `[99, 97]`, `63:61`, `0x63, 0x61`; a zero ends each list. */
function listsIn(view: View): readonly View[] {
  const lists = numeralsIn(view.bytes);
  if (lists.length === 0) return [];
  const inRadix = (radix: number, digits: RegExp): readonly View[] => {
    const out = new Bytes(view, lists.reduce((sum, list) => sum + 2 * list.length, 0));
    for (const list of lists) {
      for (const [from, to] of list) {
        const text = String.fromCharCode(...view.bytes.subarray(from, to));
        const value = digits.test(text) ? Number.parseInt(text, radix) : none + 1;
        // What is no byte, such as the end of a word before the list, stands between two lists.
        out.add(value > none ? 0 : value, from, to - 1);
      }
      const end = (list.at(-1)?.[1] ?? 1) - 1;
      out.add(0, end, end);
    }
    return [out.view];
  };
  // Pairs of digits may be either.
  return [...inRadix(10, /^\d{1,3}$/), ...inRadix(16, /^(?:0x)?[0-9a-f]{2}$/i)];
}

/** Lists of short numbers with nothing but separators between them. */
function numeralsIn(bytes: Uint8Array): readonly Numerals[] {
  const lists: Numerals[] = [];
  let list: [number, number][] = [];
  const flush = () => {
    if (list.length >= shortestRun.list) lists.push(list);
    if (list.length > 0) list = [];
  };
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (hexValue[byte] === none) {
      if (list.length > 0 && separators[byte] === none) flush();
      continue;
    }
    const from = i;
    while (i + 1 < bytes.length && (hexValue[bytes[i + 1] ?? 0] !== none || bytes[i + 1] === x)) i++;
    if (i + 1 - from <= longestNumeral) list.push([from, i + 1]);
    else flush();
  }
  flush();
  return lists;
}
