import { appendFile, readFile } from 'node:fs/promises';
import { requirement } from '../../contracts/requirements/index.ts';
import { alike } from '../judging/card.ts';
import { overBudget } from '../comparison/latency.ts';
import type { Environment } from '../settings/settings.ts';
import { verdictLine } from '../judging/verdict.ts';
import type { Conformance } from './conformance.ts';
import { outputs } from './folder.ts';
import { violations, type Violation } from './text.ts';
import { printable } from '../printable.ts';

/**
 * What GitHub Actions shows on a run's page: an annotation for each violation and warning, one for a run that judged nothing,
 * as lines of its workflow commands. Empty elsewhere.
 */
export function annotations(conformance: Conformance, env: Environment): string {
  if (env.GITHUB_ACTIONS !== 'true') return '';
  const { requirements, verdict, cause } = conformance;
  return [
    ...(verdict === 'inconclusive' ? [command('error', 'OAuth conformance', verdictLine(conformance, cause))] : []),
    ...violations(requirements, 'MUST').map((violation) => annotation('error', violation)),
    ...violations(requirements, 'SHOULD').map((violation) => annotation('warning', violation)),
    ...overBudget(conformance.budgets ?? []).map((line) => command('warning', 'Latency budget', line)),
  ].join('');
}

/** GitHub shows nothing of a step whose summary is larger, in bytes. The half is left to others who write into the same one. */
const largestSummary = 512 * 1024;

/**
 * Adds a summary that was written, and so looked through for secrets, to the page of the step, where GitHub Actions has one. Of a summary that
 * is too large, for which a target has only to say enough, the beginning is added.
 */
export async function addStepSummary(file: string, env: Environment): Promise<void> {
  if (env.GITHUB_ACTIONS !== 'true' || !env.GITHUB_STEP_SUMMARY) return;
  const summary = await readFile(file);
  const [beginning = ''] = summary.toString().split(/^## /m);
  const tooLarge = `${beginning}The rest has ${summary.length - Buffer.byteLength(beginning)} bytes, more than this page takes: see ${outputs.summary} in the reports.\n`;
  await appendFile(env.GITHUB_STEP_SUMMARY, summary.length <= largestSummary ? summary : tooLarge.slice(-largestSummary));
}

function annotation(kind: 'error' | 'warning', { shown, also }: Violation): string {
  const { statement, cause } = requirement(shown.id);
  const facts = alike(shown.findings).map(({ cases, finding }) => `${cases}: expected ${finding.expected}; got ${finding.actual}`);
  const others = also.length > 0 ? [`The same: ${also.map(({ id }) => id).join(', ')}`] : [];
  return command(kind, `${shown.id} ${shown.title}`, [statement, ...facts, ...others, `Look at: ${cause}`].join('\n'));
}

/** A workflow command. A message or title of it cannot begin another: line ends, colons and commas are escaped as GitHub has it. */
function command(kind: string, title: string, message: string): string {
  const data = (text: string) => printable(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${kind} title=${property(title)}::${data(message)}\n`;
}
