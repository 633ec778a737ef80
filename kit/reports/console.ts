import { styleText } from 'node:util';
import { verdictLine } from '../verdict.ts';
import type { Conformance } from './conformance.ts';
import { byReason, byWaiver, cardOf, ended, listed, printable, targetName, violations, type Violation } from './text.ts';

/** The end of a run, for the console: violations, warnings, what was left out, and the verdict as the last line. */
export function consoleText(conformance: Conformance, reportsDir: string, colours = false): string {
  const { target, counts, requirements, cause } = conformance;
  const grouped = (heading: string, reasons: ReturnType<typeof byReason>) => {
    return reasons.length === 0 ? [] : ['', heading, ...[...reasons].map(([reason, ids]) => `  ${listed(ids, ' ')}: ${reason}`)];
  };
  const cards = (heading: string, level: 'MUST' | 'SHOULD') => {
    const violated = violations(requirements, level);
    return violated.length === 0 ? [] : ['', heading, ...violated.map(withOthers)];
  };
  const lines = [
    ...cards('Violations', 'MUST'),
    ...cards('Warnings', 'SHOULD'),
    ...grouped('Waived', byWaiver(requirements)),
    ...grouped('Skipped', byReason(ended(requirements, 'skipped'))),
    ...(cause ? [] : grouped('Blocked', byReason(ended(requirements, 'blocked')))),
    '',
    `Target:   ${targetName(target)}`,
    `Counts:   ${Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(', ')}`,
    `Reports:  ${reportsDir}`,
  ];
  const verdict = printable(`Verdict:  ${verdictLine(conformance, cause)}`);
  const coloured = colours ? styleText([verdictColours[conformance.verdict], 'bold'], verdict) : verdict;
  return `${lines.map(printable).join('\n')}\n${coloured}\n`;
}

const verdictColours = { conformant: 'green', 'non-conformant': 'red', inconclusive: 'yellow' } as const;

function withOthers({ shown, also }: Violation): string {
  const others = also.map(({ id, title }) => `${id} ${title}`).join('; ');
  return `${cardOf(shown)}${others && `\n  the same:    ${others}`}`;
}
