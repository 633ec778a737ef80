import { loadChecks } from '../runner/checks.ts';
import { useClock } from '../judging/clock.ts';
import type { Exchange } from '../target/exchange.ts';
import { runChecksInProcess } from '../runner/inProcess.ts';
import { Run } from '../target/run.ts';
import type { Settings } from '../settings/settings.ts';
import { RecordedAnswers } from './answers.ts';
import type { Recording } from './recording.ts';

/**
 * Judges a recorded run again, by the same checks in the same order: they are answered from the record in place of the network, and
 * decide by the clock of then. Where they ask for what is not there, they are blocked.
 *
 * @param settings those of the run, with what the recording has in place of secrets
 * @returns a run that is over, for `conformanceOf` and the reports, and what was left out of all that is judged over every exchange
 */
export async function rejudge(recording: Recording, settings: Settings): Promise<{ readonly run: Run; readonly leftOut: readonly Exchange[] }> {
  const run = new Run(settings);
  run.preflightPassed = true;
  run.exchanges.push(...recording.exchanges);
  run.overPlainHttp.push(...recording.overPlainHttp);
  for (const exchange of [...recording.exchanges, ...recording.overPlainHttp]) run.redactor.learnFrom(exchange);
  const answers = new RecordedAnswers(recording, run);
  const checks = await loadChecks();
  useClock(() => answers.now);
  try {
    await runChecksInProcess(run, checks, answers, (id) => answers.begin(id));
  } finally {
    useClock(undefined);
    run.close();
  }
  return { run, leftOut: answers.leftOut };
}
