import type { RequirementId } from '../../contracts/requirements/index.ts';
import type { Door } from './door.ts';
import { outcomeOf, type Check, type CheckFixtures } from '../judging/judge.ts';
import type { Run } from '../target/run.ts';
import { settle } from '../judging/settle.ts';
import { useRedactor } from '../secrets/shown.ts';

/** The door for checks that run in the run's own process: nothing stands between them and the run. */
function doorOf(run: Run): Door {
  return {
    send: (request, sending) => run.exchange(request, sending),
    record: () => Promise.resolve({ exchanges: run.judgeable, blamed: run.blamed, ...(run.cause && { cause: run.cause }) }),
    pause: (milliseconds) => run.pause(milliseconds),
    report: (outcome) => settle(run, outcome),
    close: () => Promise.resolve(),
  };
}

/**
 * Runs the checks one after another, as the runner would, in this process. One run at a time. A check that throws has
 * reported nothing, and its requirement ends as blocked.
 *
 * @param begin is told of each check before it runs
 */
export async function runChecksInProcess(
  run: Run,
  checks: ReadonlyMap<RequirementId, Check>,
  door: Door = doorOf(run),
  begin: (id: RequirementId) => void = () => {},
): Promise<void> {
  useRedactor(run.redactor);
  for (const [id, check] of checks) {
    begin(id);
    const fixtures: CheckFixtures = {
      settings: run.settings,
      record: () => door.record(),
      pause: (milliseconds) => door.pause(milliseconds),
      judge: async (rows, body) => void (await door.report(await outcomeOf(door, id, rows, body))),
    };
    await check(fixtures).catch(() => undefined);
  }
}
