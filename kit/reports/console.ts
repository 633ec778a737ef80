import { styleText } from 'node:util';
import type { Comparison } from '../comparison/baseline.ts';
import { changesText, isSame } from '../comparison/diff.ts';
import { overBudget } from '../comparison/latency.ts';
import type { Settings } from '../settings/settings.ts';
import { verdictLine } from '../judging/verdict.ts';
import type { Conformance } from './conformance.ts';
import { byReason, byWaiver, cardOf, ended, listed, targetName, violations, type Violation } from './text.ts';
import { printable } from '../printable.ts';

/** What the console shows beyond the result of the run. */
export interface ConsoleOptions {
  readonly reportsDir: string;
  readonly comparison?: Comparison | undefined;
  readonly alertOn?: Settings['alertOn'];
  readonly colours?: boolean;
}

/** The end of a run, for the console: violations, warnings, what was left out, and the verdict as the last line. */
export function consoleText(conformance: Conformance, { reportsDir, comparison, alertOn, colours = false }: ConsoleOptions): string {
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
    ...latency(conformance),
    ...grouped('Waived', byWaiver(requirements)),
    ...grouped('Skipped', byReason(ended(requirements, 'skipped'))),
    ...(cause ? [] : grouped('Blocked', byReason(ended(requirements, 'blocked')))),
    ...(comparison ? comparisonLines(comparison, alertOn) : []),
    '',
    `Target:   ${targetName(target)}`,
    ...inPart(conformance),
    `Counts:   ${Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(', ')}`,
    `Reports:  ${reportsDir}`,
  ];
  const verdict = printable(`Verdict:  ${verdictLine(conformance, cause)}`);
  const coloured = colours ? styleText([verdictColours[conformance.verdict], 'bold'], verdict) : verdict;
  return `${lines.map(printable).join('\n')}\n${coloured}\n`;
}

const verdictColours = { conformant: 'green', 'non-conformant': 'red', inconclusive: 'yellow' } as const;

/** A requirement may be judged by some of its cases only, such as one content type of many. */
function inPart({ requirements }: Conformance): readonly string[] {
  const { length } = ended(requirements, 'passed').filter(({ reason }) => reason !== undefined);
  return length === 0 ? [] : [`In part:  ${length} of those that passed were judged by some of their cases only, and say which were left out`];
}

function latency({ budgets = [] }: Conformance): readonly string[] {
  const over = overBudget(budgets);
  return over.length === 0 ? [] : ['', 'Over budget (of OAUTH_BUDGET_P95_MS, not of the contract)', ...over.map((line) => `  ${line}`)];
}

function comparisonLines(comparison: Comparison, alertOn: ConsoleOptions['alertOn']): readonly string[] {
  const alone = alertOn === 'change' ? ', and OAUTH_ALERT_ON=change is as if not set' : '';
  if ('problem' in comparison) return ['', `The run is compared with none${alone}: ${comparison.problem}`];
  const { told, worse } = comparison;
  const lines = changesText(told);
  const quiet = alertOn === 'change' && told.after.verdict === 'non-conformant' && worse.length === 0;
  return [
    '',
    `Since the run of ${told.before.startedAt}, which was ${told.before.verdict}${isSame(told) ? ', nothing has changed' : ':'}`,
    ...lines.map((line) => line && `  ${line}`),
    ...(quiet ? ['', 'Nothing got worse: with OAUTH_ALERT_ON=change, that is exit code 0.'] : []),
  ];
}

function withOthers({ shown, also }: Violation): string {
  const others = also.map(({ id, title }) => `${id} ${title}`).join('; ');
  return `${cardOf(shown)}${others && `\n  the same:    ${others}`}`;
}
