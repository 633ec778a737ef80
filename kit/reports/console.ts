import { verdictLine } from '../verdict.ts';
import type { Conformance } from './conformance.ts';
import { byReason, cardOf, ended, listed, targetName } from './text.ts';

/** The end of a run, for the console: violations, warnings, what was left out, and the verdict as the last line. */
export function consoleText(conformance: Conformance, reportsDir: string): string {
  const { target, counts, requirements, cause } = conformance;
  const grouped = (heading: string, result: 'skipped' | 'blocked') => {
    const reasons = byReason(ended(requirements, result));
    return reasons.length === 0 ? [] : ['', heading, ...[...reasons].map(([reason, ids]) => `  ${listed(ids, ' ')}: ${reason}`)];
  };
  const cards = (heading: string, level: 'MUST' | 'SHOULD') => {
    const violated = ended(requirements, 'violated', level);
    return violated.length === 0 ? [] : ['', heading, ...violated.map(cardOf)];
  };
  const lines = [
    ...cards('Violations', 'MUST'),
    ...cards('Warnings', 'SHOULD'),
    ...grouped('Skipped', 'skipped'),
    ...(cause ? [] : grouped('Blocked', 'blocked')),
    '',
    `Target:   ${targetName(target)}`,
    `Counts:   ${Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(', ')}`,
    `Reports:  ${reportsDir}`,
    `Verdict:  ${verdictLine(conformance, cause)}`,
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

/** What a target says may hold control characters, which a terminal would obey. Line feeds are the kit's own. */
function printable(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}
