import { diff, diffText, isSame } from '../kit/comparison/diff.ts';
import { print } from '../kit/print.ts';
import { readConformance } from '../kit/reports/read.ts';

/** Tells what changed from one run to another. @returns the exit code: 0 where nothing did, else 1 */
export async function diffRuns(before: string, after: string): Promise<number> {
  const told = diff(await readConformance(before), await readConformance(after));
  print(diffText(told));
  return isSame(told) ? 0 : 1;
}
