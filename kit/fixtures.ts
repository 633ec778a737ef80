import { test as base, type TestDetails } from '@playwright/test';
import { displayName, tag } from 'allure-js-commons';
import { requirement as registered, type Level, type RequirementId } from '../contracts/requirements/index.ts';
import { contractVersion } from '../contracts/version.ts';
import { card, transcript } from './card.ts';
import { expectedVariable } from './control.ts';
import { openDoor, redact, type Door, type RunRecord } from './door.ts';
import type { Exchange, Request } from './exchange.ts';
import { groupBy } from './group.ts';
import { violationIn } from './matchers.ts';
import type { Finding, Outcome } from './outcome.ts';
import { Blocked, Skipped } from './premises.ts';
import { environment, readSettings, type Settings } from './settings.ts';

export { expect } from './matchers.ts';

/** How a request of a check is sent. */
export interface How {
  /** Send it even where the same request was sent before in this run. */
  readonly fresh?: boolean;
  readonly plainHttp?: boolean;
}

/** Sends a request to the target, or answers with the exchange that an equal one already had. Never throws. */
export type Send = (request: Request, how?: How) => Promise<Exchange>;

/** A case of a check: its name, or an object with a name. */
export type Row = string | { readonly name: string };

/**
 * Judges a requirement by its cases, all at once, and reports how it ends. A body that throws a failed expectation is a
 * finding, and is run once more with fresh requests to see whether the target is consistent; `Blocked` and `Skipped`
 * leave the case out; a returned text is an observation. Called once in each test.
 *
 * `again` tells a body that it is run once more.
 */
export type Judge = <R extends Row>(rows: readonly R[], body: (send: Send, row: R, again: boolean) => Promise<string | void>) => Promise<void>;

/**
 * Title and details of the test of a requirement, to be spread into `test(...)`: the call itself stays in the test's own
 * file, which is part of its identity in Allure.
 */
export function requirement(id: RequirementId): [title: string, details: TestDetails] {
  const { title, level, operation, subject, statement } = registered(id);
  const severity = { MUST: 'critical', SHOULD: 'minor', INFO: 'trivial' }[level];
  const label = (name: string, description: string) => ({ type: `@allure.label.${name}`, description });
  return [
    `${id} ${title}`,
    {
      annotation: [
        { type: 'description', description: statement },
        label('epic', `OAuth contract ${contractVersion}`),
        label('feature', operation === 'all' ? 'across operations' : operation),
        label('story', subject),
        label('severity', severity),
        label('requirement', id),
        label('level', level),
        label('tag', level),
      ],
    },
  ];
}

/**
 * Requirements that a planted fault violates: to the runner their failures are expected, so that it keeps its worker. The
 * verdict knows nothing of it.
 */
const expectedFailures = (process.env[expectedVariable] ?? '').split(',');

interface TestFixtures {
  readonly judge: Judge;
  /** Everything exchanged in the run so far. */
  readonly record: () => Promise<RunRecord>;
}

interface WorkerFixtures {
  readonly door: Door;
  readonly settings: Settings;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  door: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's dependencies from this pattern
    async ({}, use) => {
      // The runner takes a stack for every request and expectation, and would map each through its source maps: a third
      // of a worker's time, for positions that no report shows.
      Error.prepareStackTrace = undefined as never;
      const door = await openDoor();
      await use(door);
      await door.close();
    },
    { scope: 'worker' },
  ],

  // oxlint-disable-next-line no-empty-pattern
  settings: [async ({}, use) => use(readSettings(environment())), { scope: 'worker' }],

  record: async ({ door }, use) => use(() => door.record()),

  judge: async ({ door }, use, testInfo) => {
    const subject = registered(testInfo.title.split(' ')[0] as RequirementId);

    await use(async (rows, body) => {
      const start = performance.now();
      const results = await Promise.all(rows.map((row) => judgeCase(door, subject.id, row, body)));
      const outcome: Outcome = {
        requirement: subject.id,
        ...conclude(subject.level, results),
        durationMs: Math.round(performance.now() - start),
      };
      await door.report(outcome);

      if (outcome.result === 'blocked' || outcome.result === 'skipped') {
        base.skip(true, `${outcome.result}: ${outcome.reason ?? 'no reason was given'}`);
      }
      if (outcome.observation) testInfo.annotations.push({ type: 'observation', description: outcome.observation });
      if (outcome.result !== 'violated') return;
      const told = card(subject, outcome.findings);
      const { exchanges: shown } = await door.record();
      for (const { case: name, exchanges } of outcome.findings) {
        const exchange = shown.find(({ id }) => id === exchanges[0]);
        if (exchange) await testInfo.attach(`exchange: ${name}`, { body: redact(transcript(exchange)), contentType: 'text/plain' });
      }
      if (subject.level === 'MUST') {
        base.fail(expectedFailures.includes(subject.id), 'violated by a fault that was planted');
        throw violation(told);
      }
      // The test of a recommendation passes, so that nothing looks failed; its name in the report says what it is.
      await tag('warning');
      await displayName(`WARNING ${testInfo.title}`);
      await testInfo.attach('warning', { body: told, contentType: 'text/plain' });
    });
  },
});

function violation(told: string): Error {
  const error = new Error(told);
  // Where in the kit it was thrown helps nobody; what was expected of the target does.
  error.stack = told;
  return error;
}

type CaseResult = {
  readonly name: string;
  readonly finding?: Finding;
  readonly observation?: string;
  readonly blocked?: Blocked;
  readonly skipped?: string;
};

async function judgeCase<R extends Row>(
  door: Door,
  requirementId: string,
  row: R,
  body: (send: Send, row: R, again: boolean) => Promise<string | void>,
): Promise<CaseResult> {
  const name = typeof row === 'string' ? row : row.name;
  const sentBy = { requirement: requirementId, case: name };
  const attempt = async (again: boolean): Promise<CaseResult> => {
    const send: Send = (request, how) => door.send(request, { sentBy, ...how, fresh: again || how?.fresh === true });
    try {
      const observation = await base.step(again ? `${name}, sent once more` : name, () => body(send, row, again));
      return { name, ...(typeof observation === 'string' && { observation: redact(observation) }) };
    } catch (error) {
      return { name, ...classify(name, error) };
    }
  };

  const first = await attempt(false);
  if (!first.finding) return first;
  const second = await attempt(true);
  const exchanges = [...first.finding.exchanges, ...(second.finding?.exchanges ?? [])];
  const conforms = !second.finding && !second.blocked && second.skipped === undefined;
  return { name, finding: { ...first.finding, exchanges, ...(conforms && { inconsistent: true }) } };
}

function classify(name: string, error: unknown): Omit<CaseResult, 'name'> {
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
