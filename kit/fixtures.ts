import { test as base, type TestDetails } from '@playwright/test';
import { displayName, tag } from 'allure-js-commons';
import { requirement as registered, type RequirementId } from '../contracts/requirements/index.ts';
import { contractVersion } from '../contracts/version.ts';
import { card, transcript } from './card.ts';
import { collector } from './checks.ts';
import { openDoor, redact, type Door } from './door.ts';
import { outcomeOf, type CheckFixtures } from './judge.ts';
import { environment, readSettings } from './settings.ts';

export type { Judge, Send } from './judge.ts';
export { expect } from './matchers.ts';

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

type TestFixtures = Pick<CheckFixtures, 'judge' | 'record'>;
type WorkerFixtures = Pick<CheckFixtures, 'settings'> & { readonly door: Door };

const inRunner = base.extend<TestFixtures, WorkerFixtures>({
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

  record: async ({ door }, use) => use(() => door.record()),

  judge: async ({ door }, use, testInfo) => {
    const subject = registered(testInfo.title.split(' ')[0] as RequirementId);

    await use(async (rows, body) => {
      const outcome = await door.report(await outcomeOf(door, subject.id, rows, body, (name, run) => base.step(name, run)));

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
      if (subject.level === 'MUST') throw violation(told);
      // The test of a recommendation passes, so that nothing looks failed; its name in the report says what it is.
      await tag('warning');
      await displayName(`WARNING ${testInfo.title}`);
      await testInfo.attach('warning', { body: told, contentType: 'text/plain' });
    });
  },
});

/** The test of a requirement. Where the checks are run without the runner, their bodies are collected in place of a test. */
export const test = (collector() as typeof inRunner | undefined) ?? inRunner;

function violation(told: string): Error {
  const error = new Error(told);
  // Where in the kit it was thrown helps nobody; what was expected of the target does.
  error.stack = told;
  return error;
}
