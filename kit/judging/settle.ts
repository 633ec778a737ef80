import { endOf } from '../target/exchange.ts';
import type { Cause, Outcome } from './outcome.ts';
import { askPlainly, causeOf, obstacleOf } from '../target/preflight.ts';
import { isDeclaredJson, tokenOf, wellFormedJson } from './premises.ts';
import type { Run } from '../target/run.ts';

/**
 * Takes what a check says of its requirement, unless the target has turned into something else in mid-run, which makes
 * violations of everything that is asked of it: then the run ends, and the requirement is blocked.
 *
 * @returns what is kept
 */
export async function settle(run: Run, outcome: Outcome): Promise<Outcome> {
  const cause = (await changeBehind(run, outcome)) ?? (restsOnOthers(run, outcome) ? run.cause : undefined);
  const { requirement, durationMs } = outcome;
  const kept: Outcome = cause ? { requirement, result: 'blocked', findings: [], reason: cause.message, durationMs } : outcome;
  run.report(kept);
  return kept;
}

/** Whether a violation is shown by an answer that has turned out not to be the API's: checks may hold one from before. */
function restsOnOthers({ exchanges, judgeable }: Run, { findings }: Outcome): boolean {
  const own = new Set(judgeable);
  const others = new Set(exchanges.filter((exchange) => !own.has(exchange)).map(({ id }) => id));
  return findings.some(({ exchanges: [first] }) => first !== undefined && others.has(first));
}

/**
 * The change of the target that an outcome may come from. A token that was given since is proof that there is none; else
 * the plain requests are sent once more.
 */
async function changeBehind(run: Run, outcome: Outcome): Promise<Cause | undefined> {
  const since = run.cause ? undefined : suspectSince(run, outcome);
  if (since === undefined || !run.exchanges.some(tokenOf)) return undefined;
  if (run.exchanges.some((exchange) => Date.parse(exchange.startedAt) >= since && tokenOf(exchange))) return undefined;
  const cause = causeOf(await askPlainly(run, true), run.settings.baseUrl);
  // That the target has gone away since, or has locked the client out, takes nothing away from what was found.
  if (cause?.kind !== 'not the API') return undefined;
  const changed: Cause = { ...cause, message: `the target changed in mid-run: ${cause.message}` };
  const lastGrant = Math.max(...run.exchanges.filter(tokenOf).map(({ startedAt }) => Date.parse(startedAt)));
  run.judgeable = run.exchanges.filter((exchange) => endOf(exchange) <= lastGrant);
  run.end(changed);
  return changed;
}

/**
 * The same for a run that asks nothing twice: its last requests, one that a conforming target grants among them, got no answer
 * that could be the API's.
 */
export function settleRound(run: Run): void {
  const lastOwn = run.exchanges.findLastIndex(({ answer }) => answer && isDeclaredJson(answer) && wellFormedJson(answer));
  const since = run.exchanges.slice(lastOwn + 1);
  const cause = since.some(({ sentBy }) => ['CT-601', 'CT-606'].includes(sentBy.requirement)) ? causeOf(since, run.settings.baseUrl) : undefined;
  if (run.cause || cause?.kind !== 'not the API') return;
  run.judgeable = run.exchanges.slice(0, lastOwn + 1);
  run.end({ ...cause, message: `the target changed in mid-run: ${cause.message}` });
}

/** From when on, in milliseconds since 1970, the target may be another; undefined where nothing looks like it. */
function suspectSince(run: Run, { result, findings }: Outcome): number | undefined {
  const last = run.exchanges.at(-1);
  if (result === 'blocked') return last && obstacleOf(last) ? endOf(last) : undefined;
  if (result !== 'violated') return undefined;
  const shown = new Set(findings.map(({ exchanges }) => exchanges[0]));
  return Math.max(...run.exchanges.filter(({ id }) => shown.has(id)).map(endOf));
}
