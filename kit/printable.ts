/**
 * Characters that a terminal obeys or that no reader sees, line feeds aside: control and format characters (bidirectional overrides, zero
 * widths, tags), variation selectors and other ignorable ones, separators of lines and paragraphs, halves of surrogate pairs, and
 * noncharacters, which XML 1.0 cannot hold.
 */
const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;
const unseenInBody = new RegExp(`(?![\\t\\r])${unseen.source}`, unseen.flags);

/**
 * What a CI runner takes for a command, each by its first character: `##[…]` and `##vso[…]` (Azure Pipelines, GitHub), `##teamcity[…]`
 * anywhere; `::error::` (GitHub) and `--- ` or `+++ ` (groups of Buildkite) at the beginning of a line; `section_start:` (GitLab). What comes
 * before is looked at last, so that it takes no longer than linear time.
 */
const commands = /#(?=#)|(?::(?=:)|-(?=-- )|\+(?=\+\+ )|~(?=~~ )|\^(?=\^\^ ))(?<=^[^\S\n]*.)|_(?<=section_)(?=(?:start|end):)/gm;

/**
 * A text as it can be shown anywhere, with nothing in it that acts on a terminal, a reader's eyes or a CI runner: `\u202e` in place of
 * the character. Line feeds stay. A text that is printable already stays as it is.
 */
export function printable(text: string): string {
  return text.replace(unseen, escaped).replace(commands, escaped);
}

/** The same for a body of HTTP in a page, which keeps its tabs and line ends. */
export function printableBody(text: string): string {
  return text.replace(unseenInBody, escaped).replace(commands, escaped);
}

/** The same in one line, so that a text forges no line of the kit's own: `\n` in place of a line feed. */
export function inLine(text: string): string {
  return printable(text.replaceAll('\r', '\\r').replaceAll('\n', '\\n'));
}

/** `value` with each of its texts changed, members' names included. @param value JSON, or data that would be the same as JSON */
export function withTexts<T>(value: T, change: (text: string, member: string) => string, member = ''): T {
  const changed = (each: unknown): unknown => {
    if (typeof each === 'string') return change(each, member);
    if (Array.isArray(each)) return each.map((one: unknown) => withTexts(one, change, member));
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([name, inner]: [string, unknown]) => [change(name, ''), withTexts(inner, change, name)]));
  };
  return changed(value) as T;
}

/** JSON that says the same, and can be shown anywhere: what is escaped, a parser reads as it was. */
export function printableJson(json: string): string {
  const escape = (character: string) => Array.from({ length: character.length }, (_, i) => escaped(character.charAt(i))).join('');
  return json.replace(unseen, escape).replace(commands, escape);
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
