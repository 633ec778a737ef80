import { readBaseline, type Baseline } from '../comparison/baseline.ts';
import type { Settings } from '../settings/settings.ts';
import { clearReports } from './folder.ts';
import { openHistory } from './history.ts';

/**
 * Makes ready for a run, before anything is sent: reads the run to compare with, which may be about to be removed, removes what an
 * earlier run left, and makes sure of what is written to.
 *
 * @throws {SettingsError} where something cannot be written
 */
export async function prepareReports({ baselineFile, reportsDir, historyFile }: Settings): Promise<Baseline | undefined> {
  const baseline = baselineFile === undefined ? undefined : await readBaseline(baselineFile);
  await clearReports(reportsDir);
  if (historyFile !== undefined) await openHistory(historyFile);
  return baseline;
}
