/** How many characters of a text tell whether it is worth a look. */
const prefix = 4;
const slotBits = 16;

/** What stands somewhere in a text that is searched. */
export interface Match {
  readonly index: number;
  readonly found: string;
  /** What was said of it when it was added. */
  readonly meaning: string;
}

/** A search for thousands of texts at once, in one pass over the text that is searched. */
export class Search {
  readonly #starts = new Map<number, { readonly text: string; readonly meaning: string }[]>();
  readonly #mayStart = new Uint8Array(1 << slotBits);

  /** @param text of four characters or more */
  add(text: string, meaning: string): void {
    let start = 0;
    for (let i = 0; i < prefix; i++) start = shifted(start, text.charCodeAt(i));
    const others = this.#starts.get(start) ?? [];
    // The longest first: one may begin as another does.
    this.#starts.set(start, [...others, { text, meaning }].toSorted((a, b) => b.text.length - a.text.length));
    this.#mayStart[slotOf(start)] = 1;
  }

  /** The first of what stands in a text from some position on. */
  first(text: string, from = 0): Match | undefined {
    const mayStart = this.#mayStart;
    let start = 0;
    for (let i = from; i < text.length; i++) {
      start = shifted(start, text.charCodeAt(i));
      if (mayStart[slotOf(start)] === 0) continue;
      const index = i - prefix + 1;
      if (index < from) continue;
      const match = this.#starts.get(start)?.find((each) => text.startsWith(each.text, index));
      if (match) return { index, found: match.text, meaning: match.meaning };
    }
    return undefined;
  }

  /** All that stands in a text, in its order, none inside another. */
  all(text: string): readonly Match[] {
    const matches: Match[] = [];
    for (let match = this.first(text); match; match = this.first(text, match.index + match.found.length)) matches.push(match);
    return matches;
  }

  /** The text with the meaning of all that stands in it in its place. */
  replaceIn(text: string): string {
    let replaced = '';
    let done = 0;
    for (const { index, found, meaning } of this.all(text)) {
      replaced += text.slice(done, index) + meaning;
      done = index + found.length;
    }
    return replaced + text.slice(done);
  }
}

/** The last four characters in a number, by the lower halves of their codes. */
function shifted(start: number, code: number): number {
  return (start >>> 8) | (code << 24);
}

function slotOf(start: number): number {
  return Math.imul(start, 0x9e3779b1) >>> (32 - slotBits);
}
