import { readdirSync } from 'node:fs';
import type { RequirementId } from '../../contracts/requirements/index.ts';
import type { Check } from '../judging/judge.ts';
import { extension } from '../version.ts';

const folder = new URL('../../tests/', import.meta.url);
let collected: Map<RequirementId, Check> | undefined;

/**
 * The bodies of all checks by their requirement, in the order in which the runner takes them: for who judges many targets
 * in one process, where a runner for each would cost more than the judging.
 */
export async function loadChecks(): Promise<ReadonlyMap<RequirementId, Check>> {
  if (collected) return collected;
  collected = new Map();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(`.spec.${extension}`));
  for (const file of files.toSorted()) await import(new URL(file, folder).href);
  return collected;
}

/** What takes the place of Playwright's `test` while checks are loaded without the runner; undefined under the runner. */
export function collector(): ((title: string, details: unknown, check: Check) => void) | undefined {
  const checks = collected;
  return checks && ((title, _, check) => void checks.set(title.split(' ')[0] as RequirementId, check));
}
