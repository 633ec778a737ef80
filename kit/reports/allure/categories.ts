import type { JudgedRequirement } from '../../judging/verdict.ts';
import type { Conformance } from '../conformance.ts';

/** The label that a result carries for its category. */
export const categoryLabel = 'category';

/** The requirements that are violated by a secret in an answer. */
const secrecy: readonly string[] = ['CT-504', 'X-105'];

/** What results with something to say are sorted into, in the order in which to look at them. */
export const categories = [
  'Secret exposed',
  'Contract violation',
  'Target unavailable',
  'Blocked by another finding',
  'Could not be judged',
  'Recommendation not followed',
  'Waived',
] as const;

/** The category of a result; undefined for one that held or was not asked. */
export function categoryOf({ id, level, result, waiver, reason }: JudgedRequirement, { cause }: Conformance): (typeof categories)[number] | undefined {
  if (waiver) return 'Waived';
  if (result === 'violated' && secrecy.includes(id)) return 'Secret exposed';
  if (result === 'violated') return level === 'MUST' ? 'Contract violation' : 'Recommendation not followed';
  if (result !== 'blocked') return undefined;
  if (cause?.kind === 'unreachable' || cause?.kind === 'unavailable') return 'Target unavailable';
  return /: see [A-Z]+-\d+/.test(reason ?? '') ? 'Blocked by another finding' : 'Could not be judged';
}
