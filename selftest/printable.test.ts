import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assert as always, property } from 'fast-check';
import { requirements } from '../contracts/requirements/index.ts';
import { inLine, printable, printableBody, printableJson, withTexts } from '../kit/printable.ts';
import { project } from './support/command.ts';
import { acting, anyText, actsOnRunner } from './support/hostileText.ts';

test('what a terminal would obey is shown, and what a reader sees is left as it is', () => {
  assert.equal(printable('a\u0007b\u001b[31m\r\t'), 'a\\u0007b\\u001b[31m\\u000d\\u0009');
  assert.equal(printable('\u202e\u2028\u2029\ud800\u{e0001}'), '\\u202e\\u2028\\u2029\\ud800\\ue0001');
  assert.equal(printable('a line\nand another, ü 😀 字'), 'a line\nand another, ü 😀 字');
});

test('what no reader sees is shown: directions, zero widths, fillers, tags, variation selectors, noncharacters', () => {
  const ranges = [[0x00ad, 0x00ad], [0x034f, 0x034f], [0x061c, 0x061c], [0x115f, 0x1160], [0x200b, 0x200f], [0x2028, 0x202e], [0x2060, 0x206f], [0x3164, 0x3164], [0xfe00, 0xfe0f], [0xfeff, 0xfeff], [0xfdd0, 0xfdef], [0xfffe, 0xffff], [0x1fffe, 0x1ffff], [0xe0000, 0xe0fff], [0x10fffe, 0x10ffff]] as const;
  for (const [from, to] of ranges) {
    for (let code = from; code <= to; code++) assert.equal(printable(`a${String.fromCodePoint(code)}b`), `a\\u${code.toString(16).padStart(4, '0')}b`);
  }
});

test('a text in a line forges no other line', () => {
  assert.equal(inLine('x\nVerdict:  conformant\r\n'), 'x\\nVerdict:  conformant\\r\\n');
  assert.equal(printableBody('a\tb\r\nc\u001b\u202e'), 'a\tb\r\nc\\u001b\\u202e');
});

test('no text is a command to a CI runner, at the beginning of a line or inside of one', () => {
  for (const [name, command] of Object.entries(acting)) {
    for (const text of [command, `words before ${command}`, `  ${command}`, `first line\n${command}`, `\u00a0${command}`, `\u200b${command}`]) {
      assert.deepEqual(actsOnRunner(printable(text)), [], name);
      assert.deepEqual(actsOnRunner(inLine(text)), [], name);
    }
    assert.notDeepEqual(actsOnRunner(`\n${command}`), [], `${name} is one that the test knows`);
  }
  assert.equal(printable('C# and F#, a::b, a --- b, 1 + 1, ~/x'), 'C# and F#, a::b, a --- b, 1 + 1, ~/x');
  assert.equal(printable('##[error]'), '\\u0023#[error]');
  assert.equal(printable('\n ::error::'), '\n \\u003a:error::');
});

test('of any text, nothing acts, and what is printable already stays as it is', () => {
  const unseen = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
  // Not assigned to any character so far, and of private use: shown as a box.
  const shown = /[\p{Cn}\p{Co}]/gu;
  always(
    property(anyText, (text) => {
      const [once, line] = [printable(text), inLine(text)];
      assert.deepEqual([printable(once), inLine(line)], [once, line]);
      assert.doesNotMatch(once.replace(shown, ''), unseen);
      assert.doesNotMatch(line, /\n/);
      assert.deepEqual([...actsOnRunner(once), ...actsOnRunner(line)], []);
      assert.equal(rest(once, text), '', 'each character stands there, as it is or as its escape');
      assert.deepEqual(JSON.parse(printableJson(JSON.stringify({ text }))), { text });
      assert.doesNotMatch(printableJson(JSON.stringify({ text })).replace(shown, ''), unseen);
    }),
    { numRuns: 2000 },
  );
});

/** What is left of a text once the characters of another are taken from its beginning, each as it is or as its escape. */
function rest(shown: string, text: string): string {
  let at = 0;
  for (const character of text) {
    const escape = `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
    const found = [character, escape].find((form) => shown.startsWith(form, at)) ?? assert.fail(`${escape} is missing`);
    at += found.length;
  }
  return shown.slice(at);
}

test("the kit's own words stay as they are", () => {
  assert.deepEqual(withTexts(requirements, inLine), requirements);
});

test('texts are changed wherever they stand, with the name of the member that they are', () => {
  const value = { a: ['x', { b: 'x', x: null }], reproduce: 'x', n: 1, t: true };
  assert.deepEqual(withTexts(value, (text, member) => (text === 'x' ? `${member}!` : text)), { a: ['a!', { b: 'b!', '!': null }], reproduce: 'reproduce!', n: 1, t: true });
  assert.deepEqual(withTexts(JSON.parse('{"__proto__":"x"}') as object, (text) => text), JSON.parse('{"__proto__":"x"}'));
});

test('a long text takes no longer than its length', () => {
  for (const part of [' ', ' ::', '#', '\u0000', '::', 'section_', '\n ']) {
    assert.ok(printable(part.repeat(500_000)).length >= 500_000);
  }
});

test('all that the kit prints goes through one function, which makes it printable', () => {
  const sources = ['kit', 'commands'].flatMap((dir) => readdirSync(join(project, dir), { recursive: true, encoding: 'utf8' }).map((file) => join(dir, file)));
  const printing = sources.filter((file) => file.endsWith('.ts') && /\bstd(out|err)\.write\b|\bconsole\.(log|error|warn|info|debug)\b|\bstream\.write\b/.test(readFileSync(join(project, file), 'utf8')));
  assert.deepEqual(printing, ['kit/print.ts']);
  // What acts on purpose: colours and the line of progress, annotations of GitHub, and the register and jobs as data.
  const raw = sources.filter((file) => file.endsWith('.ts') && readFileSync(join(project, file), 'utf8').includes('printRaw('));
  assert.deepEqual(raw.toSorted(), ['commands/list.ts', 'commands/matrix.ts', 'kit/finish.ts', 'kit/print.ts', 'kit/progress.ts']);
});
