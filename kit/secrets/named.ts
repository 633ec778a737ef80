/** A value that stands behind a name which says that it is a secret. */
export interface NamedValue {
  readonly name: string;
  /** The value as it is written, with its escapes. */
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

// The separator may be escaped itself.
const separator = String.raw`(?:[-_ ]|\\{1,8}u00(?:5f|2d)|%(?:5f|2d))?`;
const words = [
  `(?:access|refresh|id|auth|session|bearer)${separator}token`,
  `(?:client|api|app|consumer|shared)${separator}secret`,
  `(?:api|private|secret|access)${separator}key`,
  'password|passwd|passphrase',
];
const name = new RegExp(words.join('|'), 'gi');
/** What stands between a name in quotes and its value in quotes. */
const assignment = /\\{0,64}["']\s{0,64}:\s{0,64}(\\{0,64})(["'])/y;
const parameterEnd = /[&\s"'<>`]/g;

/**
 * The values in a text that stand behind the name of a secret: members of JSON, also in a string that holds JSON itself, and
 * parameters of forms and URLs. Takes time in proportion to the text, whatever stands there.
 */
export function namedValuesIn(text: string): readonly NamedValue[] {
  const found: NamedValue[] = [];
  let done = 0;
  for (const match of text.matchAll(name)) {
    if (match.index < done) continue;
    const value = quotedBehind(text, match) ?? parameterBehind(text, match);
    if (!value) continue;
    found.push({ name: match[0], value: text.slice(...value), from: value[0], to: value[1] });
    done = value[1];
  }
  return found;
}

type Span = readonly [from: number, to: number];

function quotedBehind(text: string, match: RegExpExecArray): Span | undefined {
  assignment.lastIndex = match.index + match[0].length;
  const [whole, escapes = '', quote = ''] = assignment.exec(text) ?? [];
  if (whole === undefined || !/["']/.test(text[match.index - 1] ?? '')) return undefined;
  const from = match.index + match[0].length + whole.length;
  return [from, closing(text, from, quote, escapes.length)];
}

/** Where a string ends that is quoted behind so many backslashes; the end of the text where it does not. */
function closing(text: string, from: number, quote: string, escapes: number): number {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (at - slashes > from && text[at - slashes - 1] === '\\') slashes++;
    if (escapes === 0 ? slashes % 2 === 0 : slashes <= escapes) return at - Math.min(slashes, escapes);
  }
  return text.length;
}

function parameterBehind(text: string, match: RegExpExecArray): Span | undefined {
  const from = match.index + match[0].length + 1;
  if (text[from - 1] !== '=' || /\w/.test(text[match.index - 1] ?? '')) return undefined;
  parameterEnd.lastIndex = from;
  const to = parameterEnd.exec(text)?.index ?? text.length;
  return to > from ? [from, to] : undefined;
}
