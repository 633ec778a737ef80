import { makeBadge } from 'badge-maker';
import type { Conformance } from './conformance.ts';

const colours = { conformant: 'green', 'non-conformant': 'red', inconclusive: 'lightgrey' } as const;

/** The verdict as an image for a README or a wiki. Where a MUST was not asked, it says so. */
export function badge({ verdict, complete, contract }: Conformance): string {
  const message = verdict === 'conformant' && !complete ? 'conformant in what was asked' : verdict;
  return makeBadge({ label: `OAuth contract ${contract.version}`, message, color: colours[verdict] });
}
