import pLimit from 'p-limit';
import { loadChecks } from './runner/checks.ts';
import { runChecksInProcess } from './runner/inProcess.ts';
import type { Conformance } from './reports/conformance.ts';
import { openSession } from './session.ts';
import { SettingsError, type Settings } from './settings/settings.ts';
import { inForce, readWaivers } from './settings/waivers.ts';

/** What checks say is redacted by what the run knows whose checks are running: one at a time. */
const oneAtATime = pLimit(1);

/**
 * Judges a target in this process, by the same checks and the same verdict as the command, and writes nothing. Several at once are
 * judged one after another.
 *
 * @param settings as `readSettings` makes them of an environment
 * @returns the result, as `conformance.json` would hold it; a target that is down has a verdict, too
 * @throws {SettingsError} where the file of waivers cannot be taken
 */
export function judge(settings: Settings): Promise<Conformance> {
  return oneAtATime(async () => {
    const waivers = await readWaivers(settings.waiversFile);
    if (waivers.problems.length > 0) throw new SettingsError(waivers.problems);
    const session = await openSession(settings, false);
    await session.begin();
    const { run } = session;
    if (run.preflightPassed) {
      const checks = await loadChecks();
      await runChecksInProcess(run, checks);
      run.selection = { requirements: [...checks.keys()], filter: null };
    }
    return session.end(inForce(waivers, run.startedAt));
  });
}
