import { array, constantFrom, integer, oneof, string, type Arbitrary } from 'fast-check';

/** What runners of CI take for a command, and what it would do. */
export const acting = {
  'an error of GitHub': '::error::forged',
  'an output of GitHub': '::set-output name=verdict::conformant',
  'a mask of GitHub': '::add-mask::o',
  'the end of commands of GitHub': '::stop-commands::forged',
  'an error of GitHub, as it was': '##[error]forged',
  'an error of Azure Pipelines': '##vso[task.logissue type=error]forged',
  'the end of a task of Azure Pipelines': '##vso[task.complete result=Succeeded;]',
  'a group of Azure Pipelines': '##[group]forged',
  'a message of TeamCity': "##teamcity[buildStatus status='SUCCESS']",
  'a group of Buildkite': '--- forged',
  'an open group of Buildkite': '+++ forged',
  'a quiet group of Buildkite': '~~~ forged',
  'an opener of Buildkite': '^^^ +++',
  'an image of Buildkite': '\u001b]1338;url=http://127.0.0.1:9/x.png\u0007',
  'a section of GitLab': 'section_start:1560896352:forged\r\u001b[0Kforged',
  'a fold of Travis': 'travis_fold:start:forged\r\u001b[0K',
  'a note of Jenkins': '\u001b[8mha:////4AAAAA==\u001b[0m',
  'a line that is overwritten': 'x\rVerdict:  conformant',
} as const;

/** By how runners look for them, lines and beginnings without the space before: https://github.com/actions/runner, docs of the others. */
const patterns: Readonly<Record<string, RegExp>> = {
  'GitHub, in a line': /^[^\S\n]*::/m,
  'GitHub and Azure Pipelines, anywhere': /##/,
  'Buildkite, in a line': /^[^\S\n]*(---|\+\+\+|~~~|\^\^\^) /m,
  'GitLab, anywhere': /section_(start|end):/,
  'a terminal, anywhere': /(?!\n)\p{Cc}/u,
};

/** What a text would do on a runner; nothing where it is only text. */
export function actsOnRunner(text: string): readonly string[] {
  return Object.keys(patterns).filter((name) => patterns[name]?.test(text));
}

/** What breaks the syntax of reports: references, sections and comments of XML, Markdown, HTML, and characters of every kind. */
export const breaking = [
  '&nbsp;', '&foo;', '&#0;', '&#xFFFE;', '&lt;', '&amp;lt;', '&', '<', '>', '"', "'", ']]>', '<![CDATA[', '<!--', '-->', '--', '<?xml?>', '%', '|', '`', '```',
  '**b**', '[a](javascript:b)', '![](http://127.0.0.1:9/x)', '@everyone', 'http://evil.example', 'www.evil.example', 'a@evil.example', '#1', 'o/r#1', '$x$', '<b>', '\\', '\n# h', '\r\n', '\t',
  '\u0000', '\u0001', '\u000b', '\u001f', '\u007f', '\u0085', '\u00a0', '\u00ad', '\u061c', '\u200b', '\u200e', '\u2028', '\u2029', '\u202e', '\u2066', '\ufe0f', '\ufeff', '\ufffd', '\ufffe', '\uffff',
  '\ud800', '\udfff', '\u{1f600}', '\u{1fffe}', '\u{e0001}', '\u{e0100}', '\u{10ffff}', 'words', ' ', 'ü', '字',
  ...Object.values(acting),
] as const;

/** Texts of such parts, and of any UTF-16 at all. */
export const anyText: Arbitrary<string> = array(oneof(constantFrom(...breaking), string({ unit: 'binary', maxLength: 4 }), integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit))), { maxLength: 12 })
  .map((parts) => parts.join(''));
