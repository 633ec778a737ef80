import { createHmac } from 'node:crypto';
import { requirements } from '../../contracts/requirements/index.ts';
import type { Exchange, Header } from '../target/exchange.ts';
import { resolved, Views } from './decoding.ts';
import { learnFrom } from './learning.ts';
import { namedValuesIn } from './named.ts';
import { namesCredentialHeader } from './names.ts';
import { Needles, type Parts } from './needles.ts';
import { credentialRuns, looksLikeCredential } from './shape.ts';

declare const redacted: unique symbol;
/** A text in which no secret stands any more. What is written or printed takes this, and the redactor alone makes it. */
export type Redacted = string & { readonly [redacted]: true };

/** Values shorter than this are too likely to occur by chance to be searched for. */
const shortestSearched = 8;
/**
 * Which parts of a secret are not shown, and are not to be found in what was written: one that was cut off says most of it. A target
 * leaks no less than all of it.
 */
const parts = {
  shown: { shortest: 16, allButOne: true },
  written: { shortest: 32, allButOne: false },
  leaked: { shortest: Infinity, allButOne: false },
} as const satisfies Record<string, Parts>;
/**
 * So many secrets of answers are remembered, by their names and by their looks; when a target says more, whatever looks like one is
 * hidden. Neither takes the place of the other, or of what the kit sends.
 */
const most = { named: 5000, suspected: 2000, known: 5000 } as const;

/** No word of ours is longer. */
const longestWord = 40;
const ownWords = `${JSON.stringify(requirements)} oauth-conformance-kit non-conformant inconclusive observed violated`.toLowerCase();

/** Whether a value can be told from prose: it is not short, and is no word of the contract's own sentences. */
export function isSearched(value: string): boolean {
  return value.length >= shortestSearched && !isOwnWord(value);
}

/** The same few texts are asked for again and again. */
const askedFor = new Map<string, boolean>();
const mostAskedFor = 10_000;

/** Whether a text stands in the contract's own sentences. */
function isOwnWord(text: string): boolean {
  if (text.length > longestWord) return false;
  const known = askedFor.get(text) ?? ownWords.includes(text.toLowerCase());
  if (askedFor.size < mostAskedFor) askedFor.set(text, known);
  return known;
}

/** Where a secret stands, in characters of a text or in bytes, and what is shown in its place. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly placeholder: string;
}

/** Secrets that are searched for in whatever way a text encodes them. */
export class Secrets {
  readonly #needles = new Needles();

  /**
   * @param value of eight characters or more
   * @param inParts whether a part of it says anything that is secret
   */
  add(value: string, placeholder: string, inParts = true): void {
    for (const form of needlesOf(value)) this.#needles.add(form, placeholder, inParts);
  }

  /** The first of them that is found in a text, and where it stands, in bytes; undefined where none does. */
  first(text: Uint8Array, purpose: keyof typeof parts): Range | undefined {
    // To keep positions takes memory, and most texts have none.
    return this.#search(text, false, purpose).found[0] && this.#search(text, true, purpose).found.toSorted((a, b) => a.from - b.from)[0];
  }

  /** Whether one of them stands in a text, whole. */
  standIn(text: Uint8Array): boolean {
    return this.#search(text, false, 'leaked').found.length > 0;
  }

  /** What is not to be shown of a text, in bytes, in no order and overlapping: all places in which they stand, and a text that cannot be looked through. */
  hiddenIn(text: Uint8Array): readonly Range[] {
    const { found, exhausted } = this.#search(text, false, 'shown');
    if (exhausted) return [{ from: 0, to: text.length, placeholder: '[encoded too often to be shown]' }];
    return found.length === 0 ? [] : this.#search(text, true, 'shown').found;
  }

  /** @param all whether to go on behind the first, and keep positions in the text */
  #search(text: Uint8Array, all: boolean, purpose: keyof typeof parts): { readonly found: readonly Range[]; readonly exhausted: boolean } {
    const found: Range[] = [];
    const views = new Views(text, all);
    for (const { bytes, starts, ends } of views) {
      for (const { from, to, meaning, whole } of this.#needles.matchesIn(bytes, parts[purpose])) {
        if (!whole && isOwnWord(Buffer.from(bytes.subarray(from, to)).toString())) continue;
        const placeholder = whole ? meaning : `[part of ${meaning.slice(1)}`;
        found.push({ from: starts?.[from] ?? from, to: ends?.[to - 1] ?? to, placeholder });
        if (!all) return { found, exhausted: false };
      }
    }
    return { found, exhausted: views.exhausted };
  }
}

/** The bytes that stand for a value: in UTF-8 as it is and without escapes, in Latin-1, in UTF-16, and in other forms of its letters. */
function needlesOf(value: string): readonly Uint8Array[] {
  const utf8 = Buffer.from(value);
  const all: Uint8Array[] = [utf8, resolved(Buffer.from(JSON.stringify(value).slice(1, -1)))];
  // In another case, another letter may stand behind a backslash.
  for (const other of [value, value.toLowerCase(), value.toUpperCase()]) all.push(resolved(Buffer.from(other)));
  const wide = Buffer.from(value, 'utf16le');
  all.push(wide, Buffer.from(wide).swap16());
  if (/[^\0-\x7f]/.test(value)) {
    // UTF-8 that was read as Latin-1, as Node reads headers.
    all.push(Buffer.from(utf8.toString('latin1')));
    if (!/[^\0-\xff]/.test(value)) all.push(Buffer.from(value, 'latin1'));
    for (const other of [value.normalize('NFC'), value.normalize('NFD')]) all.push(resolved(Buffer.from(other)));
  }
  return all;
}

const schemePattern = /\b(Bearer|Basic)(\s+)([A-Za-z0-9\-._~+/]{8,}=*)/gi;
const cookiePattern = /^((?:set-)?cookie: *[^=;\s]+=)([^;\r\n]+)/gim;

/**
 * Replaces secrets by placeholders. The same secret gives the same placeholder wherever the same key is used, so that a
 * reader can follow a token from one exchange to the next, and processes agree without talking to each other.
 */
export class Redactor {
  readonly #key: string;
  /** All that was learned, with its placeholder. */
  readonly #learned = new Map<string, string>();
  /** What cannot be told from prose, and is replaced only where it stands as a value. */
  readonly #indistinct = new Map<string, string>();
  /** What only looks like a credential: an id, a link, or what the kit sent itself. */
  readonly #known = new Set<string>();
  /** How many secrets of answers were learned. */
  readonly #count = { named: 0, suspected: 0 };
  /** What is searched for. */
  readonly secrets = new Secrets();

  /** @param key a secret of the run, so that a placeholder says nothing about its value */
  constructor(key: string) {
    this.#key = key;
  }

  /**
   * @param name what the value is, for its placeholder: `access_token`
   * @param inParts whether a part of it says anything that is secret
   */
  learn(value: string, name: string, inParts = true): void {
    if (value === '' || this.#learned.has(value) || this.#indistinct.has(value)) return;
    const placeholder = `[${kindOf(name)} ${createHmac('sha256', this.#key).update(value).digest('hex').slice(0, 6)}]`;
    if (!isSearched(value)) {
      this.#indistinct.set(value, placeholder);
      return;
    }
    this.#learned.set(value, placeholder);
    this.secrets.add(value, placeholder, inParts);
  }

  /** The pair of HTTP Basic (RFC 7617), as a secret of its own: it stands for the client and its secret. The id is none. */
  learnClient({ id, secret }: { readonly id: string; readonly secret: string }, name: string): void {
    this.#known.add(id);
    this.learn(secret, name);
    // It begins with the id; the secret in it is found by itself.
    this.learn(Buffer.from(`${id}:${secret}`).toString('base64'), `${name}_pair`, false);
  }

  /** Learns the secrets of an exchange: see `learnFrom`. */
  learnFrom(exchange: Exchange): void {
    const suspects: string[] = [];
    const learn = (value: string, name: string) => {
      // What is short is a secret only where the contract says that it is one.
      const isContractual = contractual.test(kindOf(name));
      if (isSearched(value) || isContractual) this.learn(value, name, isContractual);
    };
    learnFrom(exchange, {
      sent: learn,
      secret: (value, name) => this.#within('named', () => learn(value, name)),
      suspect: (value) => void suspects.push(value),
      known: (value) => void (this.#known.size < most.known && this.#known.add(value)),
    });
    for (const value of suspects) {
      if (!this.#known.has(value) && isSearched(value)) this.#within('suspected', () => this.learn(value, 'credential', false));
    }
  }

  /** Learns what is new, as long as there is room for its kind. */
  #within(kind: 'named' | 'suspected', learn: () => void): void {
    if (this.#count[kind] >= most[kind]) return;
    const before = this.#learned.size + this.#indistinct.size;
    learn();
    this.#count[kind] += this.#learned.size + this.#indistinct.size - before;
  }

  /** All that was learned. */
  get values(): readonly string[] {
    return [...this.#learned.keys(), ...this.#indistinct.keys()];
  }

  /** By value for all secrets learned, in whatever way they are encoded, then by name for those that were never seen. */
  redact(text: string): Redacted {
    let shown: string = this.redactKnown(text);
    shown = replaced(shown, namedRangesIn(shown))
      .replace(schemePattern, (whole, scheme: string, space: string, value: string) => (isSearched(value) ? `${scheme}${space}[redacted]` : whole))
      .replace(cookiePattern, (_, name: string) => `${name}[redacted]`);
    if (this.#count.named >= most.named || this.#count.suspected >= most.suspected) {
      shown = shown.replace(credentialRuns, (run) => (looksLikeCredential(run) && !this.#known.has(run) ? '[redacted]' : run));
    }
    return shown as Redacted;
  }

  /** By value alone, for a text of the kit's own in which a name says nothing of its value. */
  redactKnown(text: string): Redacted {
    let shown = replaced(text, this.#rangesIn(text));
    for (const [value, placeholder] of this.#indistinct) if (shown.includes(value)) shown = replacedAsValue(shown, value, placeholder);
    return shown as Redacted;
  }

  /** A header line, name and value. A value is not shown where the name says that it is secret, whether it was seen before or not. */
  redactHeader([name, value]: Header): readonly [name: Redacted, value: Redacted] {
    const shown = this.redact(value);
    const hidden = namesCredentialHeader(name) ? hiddenValue(name, shown) : shown;
    return [this.redact(name), hidden as Redacted];
  }

  #rangesIn(text: string): readonly Range[] {
    const bytes = Buffer.from(text);
    const found = this.secrets.hiddenIn(bytes);
    if (found.length === 0 || bytes.length === text.length) return found;
    const positions = positionsIn(text, bytes.length);
    return found.map(({ from, to, placeholder }) => ({ from: positions[from] ?? 0, to: positions[to] ?? text.length, placeholder }));
  }
}

/** The position in a string of each byte of its UTF-8. Both halves of a surrogate pair are where the pair begins. */
function positionsIn(text: string, length: number): Uint32Array {
  const positions = new Uint32Array(length + 1).fill(text.length);
  let [at, byte] = [0, 0];
  for (const character of text) {
    const size = Buffer.byteLength(character);
    positions.fill(at, byte, byte + size);
    byte += size;
    at += character.length;
  }
  return positions;
}

/** The text with placeholders in place of ranges; where several overlap, that of the longest stands for all. */
function replaced(text: string, ranges: readonly Range[]): string {
  let shown = '';
  let done = 0;
  for (const { from, to, placeholder } of merged(ranges)) {
    shown += text.slice(done, from) + placeholder;
    done = to;
  }
  return shown + text.slice(done);
}

function merged(ranges: readonly Range[]): readonly Range[] {
  const apart: { from: number; to: number; placeholder: string; longest: number }[] = [];
  for (const { from, to, placeholder } of ranges.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    const before = apart.at(-1);
    if (!before || from >= before.to) {
      apart.push({ from, to, placeholder, longest: to - from });
      continue;
    }
    if (to - from > before.longest) [before.placeholder, before.longest] = [placeholder, to - from];
    before.to = Math.max(before.to, to);
  }
  return apart;
}

function namedRangesIn(text: string): readonly Range[] {
  return namedValuesIn(text).flatMap(({ value, from, to }) => (isPlaceholder(value) ? [] : [{ from, to, placeholder: '[redacted]' }]));
}

// A placeholder has a space, at which a parameter ends. A lone quote is where a shell's variable begins, and %s is where printf puts one.
function isPlaceholder(value: string): boolean {
  return /^\[(?:part of )?\w+( [0-9a-f]{6}\])?$/.test(value) || value === '' || value === "'" || value === '%s' || value === '[part';
}

/** Replaces a value between quotes, or behind an equals sign. */
function replacedAsValue(text: string, value: string, placeholder: string): string {
  let shown = '';
  let done = 0;
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
    const after = text[at + value.length];
    if (!/["'=]/.test(text[at - 1] ?? '') || (after !== undefined && !/["'&\s]/.test(after))) continue;
    shown += text.slice(done, at) + placeholder;
    done = at + value.length;
  }
  return shown + text.slice(done);
}

const onlyPlaceholders = /^\s*(?:\[(?:part of )?\w+ [0-9a-f]{6}\][\s,;]*)+$/;

/** What is shown of a header whose value is a secret: the scheme of credentials, the name and the attributes of a cookie. */
function hiddenValue(name: string, shown: string): string {
  if (shown === '' || onlyPlaceholders.test(shown)) return shown;
  if (/cookie/i.test(name)) return shown.replace(/^([^=;\s]{1,256}=)?[^;]*/, '$1[redacted]');
  if (!/authorization/i.test(name)) return '[redacted]';
  const [, scheme = '', credentials = ''] = /^(\s*[A-Za-z][A-Za-z0-9-]{0,31}\s+)?(.*)$/s.exec(shown) ?? [];
  return onlyPlaceholders.test(credentials) ? shown : `${scheme}[redacted]`;
}

/** What a placeholder may call a secret: a name of a target's own is none. */
const kinds = ['access_token', 'refresh_token', 'id_token', 'other_client_secret_pair', 'client_secret_pair', 'other_client_secret', 'client_secret', 'password', 'authorization', 'cookie'] as const;
/** Those that the contract speaks of. */
const contractual = /^(?:access_token|refresh_token|client_secret|password)$/;

function kindOf(name: string): string {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  return kinds.find((kind) => plain(kind) === plain(name)) ?? 'credential';
}
