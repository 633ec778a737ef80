import { diff, worse, type Diff } from './diff.ts';
import type { Conformance } from '../reports/conformance.ts';
import { readConformance } from '../reports/read.ts';
import { SettingsError } from '../settings/settings.ts';

/** The run to compare with, or why there is none. */
export type Baseline = { readonly conformance: Conformance } | { readonly problem: string };

/** Reads the file of `OAUTH_BASELINE`. Never throws: the first of a series of runs has none, and the target is judged all the same. */
export async function readBaseline(file: string): Promise<Baseline> {
  try {
    return { conformance: await readConformance(file) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { problem: `OAUTH_BASELINE: ${error.message}` };
  }
}

/** What came of comparing a run with the baseline: what changed and what got worse, or why nothing is known of that. */
export type Comparison = { readonly told: Diff; readonly worse: readonly string[] } | { readonly problem: string };

/** Compares a run with the baseline. One of another target, or that was asked for something else, says nothing of this one. */
export function compare(baseline: Baseline, after: Conformance): Comparison {
  if ('problem' in baseline) return baseline;
  const { conformance: before } = baseline;
  if (before.target.baseUrl !== after.target.baseUrl) return { problem: `OAUTH_BASELINE is a run of another target, ${before.target.baseUrl}` };
  if (before.profile !== after.profile) return { problem: `OAUTH_BASELINE is a run of another profile, ${before.profile}` };
  if (before.filter !== after.filter) return { problem: `OAUTH_BASELINE is a run of another part: ${before.filter ?? 'all'}` };
  const told = diff(before, after);
  return { told, worse: worse(told) };
}
