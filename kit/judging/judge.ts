import { requirement as registered, type Level, type RequirementId } from '../../contracts/requirements/index.ts';
import type { Door, RunRecord } from '../runner/door.ts';
import type { Exchange, Request } from '../target/exchange.ts';
import { groupBy } from '../group.ts';
import { redact } from '../secrets/shown.ts';
import { violationIn } from './matchers.ts';
import type { Case, Finding, Outcome } from './outcome.ts';
import { Blocked, NotAsked, Skipped } from './premises.ts';
import type { Settings } from '../settings/settings.ts';

/** How a request of a check is sent. */
export interface How {
  /** Send it even where the same request was sent before in this run. */
  readonly fresh?: boolean;
  /** Send it anyway, and leave to equal requests the exchange that they share: one that may spoil what others judge. */
  readonly apart?: boolean;
  readonly plainHttp?: boolean;
}

/** Sends a request to the target, or answers with the exchange that an equal one already had. Never throws. */
export type Send = (request: Request, how?: How) => Promise<Exchange>;

/** A case of a check: its name, or an object with a name. */
export type Row = string | { readonly name: string };

/** Judges one case; a returned text is an observation. */
type Body<R extends Row> = (send: Send, row: R, again: boolean) => Promise<string | void>;

/**
 * Judges a requirement by its cases, all at once, and reports how it ends. A body that throws a failed expectation is a
 * finding, and is run once more with fresh requests to see whether the target is consistent; `Blocked` and `Skipped`
 * leave the case out; a returned text is an observation. Called once in each test.
 *
 * `again` tells a body that it is run once more.
 */
export type Judge = <R extends Row>(rows: readonly R[], body: Body<R>) => Promise<void>;

/** What a check is given. */
export interface CheckFixtures {
  readonly judge: Judge;
  /** Everything exchanged in the run so far. */
  readonly record: () => Promise<RunRecord>;
  /** Waits so many milliseconds, or until the run ends. */
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly settings: Settings;
}

/** What the test of a requirement does. */
export type Check = (fixtures: CheckFixtures) => Promise<void>;

/** Judges a requirement by its cases: see `Judge`. */
export async function outcomeOf<R extends Row>(
  door: Door,
  id: RequirementId,
  rows: readonly R[],
  body: Body<R>,
): Promise<Outcome> {
  const start = performance.now();
  const results = await Promise.all(rows.map((row) => judgeCase(door, id, row, body)));
  const cases = results.map(caseOf);
  return { requirement: id, ...conclude(registered(id).level, results), cases, durationMs: Math.round(performance.now() - start) };
}

type CaseResult = {
  readonly name: string;
  readonly finding?: Finding;
  readonly observation?: string;
  readonly blocked?: Blocked;
  readonly skipped?: string;
  readonly exchanges: readonly number[];
  readonly startedAt: string;
  readonly durationMs: number;
};

async function judgeCase<R extends Row>(door: Door, requirement: string, row: R, body: Body<R>): Promise<CaseResult> {
  const name = typeof row === 'string' ? row : row.name;
  const sentBy = { requirement, case: name };
  const seen = new Set<number>();
  const [startedAt, start] = [new Date().toISOString(), performance.now()];
  const ended = await judgeTwice(async (again) => {
    const send: Send = async (request, how) => {
      const exchange = await door.send(request, { sentBy, ...how, fresh: again || how?.fresh === true });
      // A run that sends no more answers with what there is: that is no second answer.
      const isSecond = again || how?.fresh === true || how?.apart === true;
      if (exchange.failure?.kind === 'not asked' || (isSecond && seen.has(exchange.id))) throw new NotAsked();
      // One that was not sent has no number.
      if (exchange.id > 0) seen.add(exchange.id);
      return exchange;
    };
    try {
      const observation = await body(send, row, again);
      return typeof observation === 'string' ? { observation: redact(observation) } : {};
    } catch (error) {
      return classify(name, error);
    }
  });
  const exchanges = [...new Set([...(ended.finding?.exchanges ?? []), ...seen])];
  return { name, ...ended, exchanges, startedAt, durationMs: Math.round(performance.now() - start) };
}

type Ended = Pick<CaseResult, 'finding' | 'observation' | 'blocked' | 'skipped'>;

/** A finding stands however a second attempt ends, which says whether the target is consistent. */
async function judgeTwice(attempt: (again: boolean) => Promise<Ended>): Promise<Ended> {
  const first = await attempt(false);
  if (!first.finding) return first;
  const second = await attempt(true);
  const exchanges = [...first.finding.exchanges, ...(second.finding?.exchanges ?? [])];
  const conforms = !second.finding && !second.blocked && second.skipped === undefined;
  return { finding: { ...first.finding, exchanges, ...(conforms && { inconsistent: true }) } };
}

function caseOf({ name, finding, blocked, skipped, exchanges, startedAt, durationMs }: CaseResult): Case {
  const result =
    finding ? 'violated'
    : blocked ? 'blocked'
    : skipped === undefined ? 'passed'
    : 'skipped';
  const reason = blocked?.message ?? skipped;
  return { name, result, ...(reason !== undefined && { reason }), ...(blocked?.by !== undefined && { by: blocked.by }), exchanges, startedAt, durationMs };
}

function classify(name: string, error: unknown): Ended {
  if (error instanceof Blocked) return { blocked: error };
  if (error instanceof Skipped) return { skipped: error.message };
  const violated = violationIn(error);
  if (violated) return { finding: { case: name, ...violated } };
  // A check that fails by itself has judged nothing, which is never a violation and never a pass.
  return { blocked: new Blocked(`the check itself failed: ${redact(error instanceof Error ? error.message : String(error))}`) };
}

/** How a requirement ends by its cases. */
function conclude(level: Level, results: readonly CaseResult[]): Pick<Outcome, 'result' | 'findings' | 'observation' | 'reason'> {
  const findings = results.flatMap(({ finding }) => finding ?? []);
  const blocked = results.filter((each) => each.blocked);
  const judged = results.filter((each) => !each.blocked && each.skipped === undefined);
  const observation = judged.flatMap(({ name, observation: seen }) => (seen ? `${name}: ${seen}` : [])).join('; ');
  // A case that another requirement takes the blame for is left to that one, as long as others could be judged.
  const open = blocked.filter((each) => each.blocked?.by === undefined);
  const leftOut = results.flatMap(({ name, blocked: block, skipped }) => {
    const why = block?.message ?? skipped;
    return why === undefined ? [] : [{ name, why }];
  });
  const reason = reasonOf(leftOut, results.length);

  const result =
    findings.length > 0 ? 'violated'
    : open.length > 0 || (judged.length === 0 && blocked.length > 0) ? 'blocked'
    : judged.length === 0 ? 'skipped'
    : level === 'INFO' ? 'observed'
    : 'passed';
  return { result, findings, ...(observation && { observation }), ...(reason && { reason }) };
}

/** Why cases were left out, each reason once; where others could be judged, with the cases that were not. */
function reasonOf(leftOut: readonly { readonly name: string; readonly why: string }[], cases: number): string {
  const named = (group: readonly { readonly name: string }[]) =>
    leftOut.length < cases ? `${group[0]?.name}${group.length > 1 ? ` and ${group.length - 1} more cases` : ''}: ` : '';
  return [...groupBy(leftOut, ({ why }) => why)].map(([why, group]) => `${named(group)}${why}`).join('; ');
}
