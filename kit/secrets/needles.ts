/** So many bytes of a text tell whether it is worth a look. */
const gram = 8;
const slotBits = 16;
/** Of a longer value, only so many bytes are looked for by themselves; where they are found, all of it is compared. */
const mostIndexed = 4096;
/** So many places are kept for the same eight bytes: values that have them in common differ in others. */
const mostPlaces = 8;

/** A part of the bytes that were searched, which holds a value or a part of one. */
export interface Match {
  readonly from: number;
  readonly to: number;
  /** What was said of the value when it was added. */
  readonly meaning: string;
  /** Whether it is the whole value. */
  readonly whole: boolean;
}

/** Which parts of a value count: those of so many bytes, and all of it but a byte at one end, which what stands beside it may have eaten. */
export interface Parts {
  readonly shortest: number;
  readonly allButOne: boolean;
}

interface Needle {
  readonly bytes: Uint8Array;
  readonly meaning: string;
  /** Whether a part of it counts as well. */
  readonly inParts: boolean;
}

/**
 * A search for many values at once, in one pass over the bytes that are searched, without regard to the case of ASCII letters
 * and to the kind of white space (a plus sign is one, as forms have it). It also finds a long part of a value.
 */
export class Needles {
  readonly #grams = new Map<number, { readonly needle: Needle; readonly at: number }[]>();
  readonly #mayBegin = new Uint8Array(1 << slotBits);
  readonly #known = new Set<string>();

  /**
   * @param value of eight bytes or more; a shorter one is left out
   * @param inParts whether a long part of it is found, too
   */
  add(value: Uint8Array, meaning: string, inParts = true): void {
    const bytes = value.map((byte) => folds[byte] ?? 0);
    const key = Buffer.from(bytes).toString('latin1');
    if (bytes.length < gram || this.#known.has(key)) return;
    this.#known.add(key);
    const needle = { bytes, meaning, inParts };
    const last = bytes.length - gram;
    const own = new Set<number>();
    for (let at = 0; at < last && at < mostIndexed; at += gram) this.#index(needle, at, own);
    this.#index(needle, last, own);
  }

  /** @param own the grams of this value so far: of a value that repeats itself, one place of each will do */
  #index(needle: Needle, at: number, own: Set<number>): void {
    let [first, second] = [0, 0];
    for (let i = at; i < at + gram; i++) {
      first = (first << 8) | (second >>> 24);
      second = (second << 8) | (needle.bytes[i] ?? 0);
    }
    const hash = hashOf(first, second);
    const places = this.#grams.get(hash) ?? [];
    if (own.has(hash) || places.length >= mostPlaces) return;
    own.add(hash);
    this.#mayBegin[hash >>> (32 - slotBits)] = 1;
    places.push({ needle, at });
    this.#grams.set(hash, places);
  }

  /** Where values stand, and parts of them that count. Overlapping matches are all there. */
  matchesIn(bytes: Uint8Array, parts: Parts): readonly Match[] {
    const matches: Match[] = [];
    const [grams, mayBegin] = [this.#grams, this.#mayBegin];
    if (grams.size === 0) return matches;
    // Each place in which a value stands is found by several of its grams.
    const seen = new Map<Needle, number>();
    let [first, second] = [0, 0];
    for (let i = 0; i < bytes.length; i++) {
      first = (first << 8) | (second >>> 24);
      second = (second << 8) | (folds[bytes[i] ?? 0] ?? 0);
      const hash = hashOf(first, second);
      if (mayBegin[hash >>> (32 - slotBits)] === 0 || i < gram - 1) continue;
      for (const { needle, at } of grams.get(hash) ?? []) {
        const begin = i - gram + 1;
        if ((seen.get(needle) ?? 0) > begin) continue;
        const match = stretch(bytes, begin, needle, at);
        if (!match || !(match.whole || (needle.inParts && isPart(match, needle, parts)))) continue;
        seen.set(needle, match.to);
        matches.push(match);
      }
    }
    return matches;
  }
}

function isPart({ from, to }: Match, { bytes }: Needle, { shortest, allButOne }: Parts): boolean {
  return to - from >= shortest || (allButOne && to - from === bytes.length - 1);
}

/** How far bytes agree with a value, from a place at which they may. */
function stretch(bytes: Uint8Array, begin: number, { bytes: value, meaning }: Needle, at: number): Match | undefined {
  let to = begin;
  while (to < bytes.length && at + to - begin < value.length && folds[bytes[to] ?? 0] === value[at + to - begin]) to++;
  if (to - begin < gram) return undefined;
  let from = begin;
  while (from > 0 && at - (begin - from) > 0 && folds[bytes[from - 1] ?? 0] === value[at - (begin - from) - 1]) from--;
  return { from, to, meaning, whole: to - from === value.length };
}

/** Eight bytes, in two numbers, as one. */
function hashOf(first: number, second: number): number {
  return (Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) >>> 0;
}

/** What each byte is compared as. */
const folds = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 65 && byte <= 90) return byte + 32;
  return byte === 43 || (byte >= 9 && byte <= 13) ? 32 : byte;
});
