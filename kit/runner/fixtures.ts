import type { TestDetails, test as Base } from '@playwright/test';
import { requirement as registered, type RequirementId } from '../../contracts/requirements/index.ts';
import { card } from '../judging/card.ts';
import { redact } from '../secrets/shown.ts';
import { collector } from './checks.ts';
import { shownVariable } from './control.ts';
import { openDoor, type Door } from './door.ts';
import { outcomeOf, type CheckFixtures } from '../judging/judge.ts';
import { inLine, withTexts } from '../printable.ts';
import { environment, readSettings } from '../settings/settings.ts';

export type { Judge, Send } from '../judging/judge.ts';
export { expect } from '../judging/matchers.ts';

/**
 * Title and details of the test of a requirement, to be spread into `test(...)`: the call itself stays in the test's own
 * file. Its level is a tag, so that `--grep @MUST` selects by it.
 */
export function requirement(id: RequirementId): [title: string, details: TestDetails] {
  const { title, level, statement } = registered(id);
  return [`${id} ${title}`, { tag: `@${level}`, annotation: { type: 'requirement', description: statement } }];
}

type TestFixtures = Pick<CheckFixtures, 'judge'>;
type WorkerFixtures = Pick<CheckFixtures, 'settings' | 'record' | 'pause'> & { readonly door: Door };

const inRunner = (base: typeof Base) => base.extend<TestFixtures, WorkerFixtures>({
  door: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's dependencies from this pattern
    async ({}, use) => {
      // The runner takes a stack for every request and expectation, and would map each through its source maps: a third
      // of a worker's time, for positions that no report shows.
      Error.prepareStackTrace = () => '';
      const door = await openDoor();
      await use(door);
      await door.close();
    },
    { scope: 'worker' },
  ],

  // oxlint-disable-next-line no-empty-pattern
  settings: [async ({}, use) => use(readSettings(environment())), { scope: 'worker' }],

  record: [async ({ door }, use) => use(() => door.record()), { scope: 'worker' }],

  pause: [async ({ door }, use) => use((milliseconds) => door.pause(milliseconds)), { scope: 'worker' }],

  judge: async ({ door }, use, testInfo) => {
    const subject = registered(testInfo.title.split(' ')[0] as RequirementId);

    await use(async (rows, body) => {
      // The runner's own reporters print it as it is.
      const outcome = withTexts(await door.report(await outcomeOf(door, subject.id, rows, body)), (text) => inLine(redact(text)));

      if (outcome.result === 'blocked' || outcome.result === 'skipped') {
        base.skip(true, `${outcome.result}: ${outcome.reason ?? 'no reason was given'}`);
      }
      if (outcome.observation) testInfo.annotations.push({ type: 'observation', description: outcome.observation });
      if (outcome.result !== 'violated') return;
      const told = card(subject, outcome.findings);
      // The test of a recommendation passes, so that nothing looks failed.
      if (subject.level === 'MUST' && process.env[shownVariable]) throw violation(told);
      testInfo.annotations.push({ type: subject.level === 'MUST' ? 'violation' : 'warning', description: told });
    });
  },
});

type Test = ReturnType<typeof inRunner>;

/**
 * The test of a requirement. Where the checks are run without the runner, their bodies are collected in place of a test, and
 * Playwright is not loaded: whoever judges so may have another version of it.
 */
export const test: Test = (collector() as Test | undefined) ?? inRunner((await import('@playwright/test')).test);

function violation(told: string): Error {
  const error = new Error(told);
  // Where in the kit it was thrown helps nobody; what was expected of the target does.
  error.stack = told;
  return error;
}
