import { readBaseline, type Baseline } from '../comparison/baseline.ts';
import type { Settings } from '../settings/settings.ts';
import { clearReports, holdFolder } from './folder.ts';
import { openHistory } from './history.ts';

/**
 * Makes ready for a run, before anything is sent: reads the run to compare with, which may be about to be removed, takes the reports
 * folder until `finish` or the end of the process, removes what an earlier run left there, and makes sure of what is written to.
 *
 * @throws {SettingsError} where something cannot be written, or another run is writing to the folder
 */
export async function prepareReports({ baselineFile, reportsDir, historyFile }: Settings): Promise<Baseline | undefined> {
  const baseline = baselineFile === undefined ? undefined : await readBaseline(baselineFile);
  await holdFolder(reportsDir);
  await clearReports(reportsDir);
  if (historyFile !== undefined) await openHistory(historyFile);
  return baseline;
}
