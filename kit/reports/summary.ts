import { requirement } from '../../contracts/requirements/index.ts';
import type { Comparison } from '../comparison/baseline.ts';
import { alike } from '../judging/card.ts';
import { changesText, isSame } from '../comparison/diff.ts';
import { overBudget } from '../comparison/latency.ts';
import { verdictLine, type JudgedRequirement } from '../judging/verdict.ts';
import { printable } from '../printable.ts';
import type { Conformance } from './conformance.ts';
import { byReason, byWaiver, ended, listed, targetName, violations, type Violation } from './text.ts';

/** The run as Markdown, fit for the step summary of a CI system. */
export function summary(conformance: Conformance, comparison?: Comparison): string {
  const { target, contract, kit, counts, requests, requirements, cause, filter } = conformance;
  const { verdict } = conformance;
  const rest = verdictLine(conformance, cause).slice(verdict.length);
  return [
    `# OAuth conformance: ${verdict}`,
    '',
    // What follows the word is a colon, or another word.
    `**${verdict}**${rest.startsWith(' ') ? ' ' : ''}${escape(rest)}`,
    '',
    `The target was ${escape(targetName(target))}. It was judged against version ${contract.version} of the contract by ` +
      `${kit.name} ${kit.version}, with ${requests.total} requests in ${(conformance.durationMs / 1000).toFixed(1)} s.`,
    ...(filter === null ? [] : ['', `Only a part of the requirements was asked for: ${code(filter)}.`]),
    '',
    '| passed | violated | warnings | waived | observed | skipped | blocked |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    `| ${counts.passed} | ${counts.violated} | ${counts.warnings} | ${counts.waived} | ${counts.observed} | ${counts.skipped} | ${counts.blocked} |`,
    ...section('Violations', violations(requirements, 'MUST').flatMap(violation)),
    ...section('Warnings', violations(requirements, 'SHOULD').flatMap(violation)),
    ...section('Over budget', overBudget(conformance.budgets ?? []).map((line) => `- ${escape(line)}. The contract says nothing of it.`)),
    ...section('Since the last run', comparison ? since(comparison) : []),
    ...section('Waived', reasons(byWaiver(requirements), ['is violated, which is accepted', 'are violated, which is accepted'])),
    ...section('Skipped', reasons(byReason(ended(requirements, 'skipped')), ['was not asked', 'were not asked'])),
    ...section('Blocked', reasons(byReason(ended(requirements, 'blocked')), ['could not be judged', 'could not be judged'])),
    ...section('Observations', ended(requirements, 'observed').map(observation)),
    '',
  ].join('\n');
}

function since(comparison: Comparison): readonly string[] {
  if ('problem' in comparison) return [`The run is compared with none: ${escape(comparison.problem)}.`];
  const { told } = comparison;
  const lines = changesText(told).filter((line) => line !== '');
  return [
    `The last run, of ${told.before.startedAt}, was ${told.before.verdict}. ${isSame(told) ? 'Nothing has changed since.' : 'What has changed since:'}`,
    ...(lines.length > 0 ? [''] : []),
    ...lines.map((line) => `${line.startsWith('  ') ? '  ' : ''}- ${escape(line)}`),
  ];
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `## ${heading}`, '', ...lines];
}

function violation({ shown: { id, title, statement, source, findings }, also }: Violation): readonly string[] {
  const others = also.map((each) => `**${each.id}** ${escape(each.title)}`).join(', ');
  return [
    `- **${id}** ${escape(title)}. ${escape(statement)} Source: ${escape(source)}. Look at: ${escape(requirement(id).cause)}`,
    ...(others ? [`  - The same holds for ${others}.`] : []),
    ...alike(findings).map(
      ({ cases, finding: { expected, actual, exchange, inconsistent, reproduce } }) =>
        `  - In the ${escape(cases)}, expected was ${code(expected)}; it was ${code(actual)}. Look at ${code(exchange)}.` +
        (inconsistent ? ' The same request, sent once more, was answered as expected: the target is inconsistent.' : '') +
        (reproduce === undefined ? '' : `\n\n${block(reproduce)}`),
    ),
  ];
}

function reasons(groups: ReturnType<typeof byReason>, [one, several]: readonly [string, string]): readonly string[] {
  return groups.map(
    ([reason, ids]) => `- ${listed(ids, ', ')} ${ids.length === 1 ? one : several}: ${escape(reason)}.`.replace(/\.\.$/, '.'),
  );
}

function observation({ id, title, observation: seen = '' }: JudgedRequirement): string {
  return `- **${id}** ${escape(title)}: ${escape(seen)}.`.replace(/\.\.$/, '.');
}

/**
 * Words that a page of Markdown makes links or mentions of by itself, escaped or not: addresses, e-mail addresses, people, issues.
 * In a code span, they are text.
 */
const linked = /@|:\/\/|www\.|#\d|GH-\d|(?:mailto|xmpp):/i;

/** What a target says is data: no character of it is Markdown, HTML, or a formula, and no word of it a link or the mention of somebody. */
function escape(text: string): string {
  return oneLine(text).split(' ').map((word) => (linked.test(word) ? code(word) : escapedWord(word))).join(' ');
}

function escapedWord(word: string): string {
  return word.replace(/[&<>]/g, (character) => `&#${character.codePointAt(0)};`).replace(/[\\`*_[\]|~$]/g, '\\$&');
}

function code(text: string): string {
  const line = oneLine(text);
  const fence = '`'.repeat(longestRun(line) + 1);
  return `${fence} ${line} ${fence}`;
}

/** Commands of a shell as a block of the list item they belong to. */
function block(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return [`${fence}sh`, ...text.split('\n').map(oneLine), fence].map((line) => `    ${line}`).join('\n');
}

// One after another: of a text with a million, the lengths would not fit on the stack as arguments of a call.
function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim();
}
