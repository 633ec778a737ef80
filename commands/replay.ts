import { readArchive } from '../kit/certificate/archive.ts';
import { names, recordingIn } from '../kit/certificate/bundle.ts';
import { runAgain } from '../kit/certificate/verify.ts';
import { consoleText } from '../kit/reports/console.ts';
import { clearReports } from '../kit/reports/folder.ts';
import { conformanceFrom } from '../kit/reports/read.ts';
import { writeReports } from '../kit/reports/write.ts';
import { environment, SettingsError } from '../kit/settings/settings.ts';

/**
 * Makes all reports of the run that a bundle records, without its target. Whether to believe them, only `verify` tells.
 *
 * @throws {SettingsError} where the file is no bundle
 */
export async function replay(file: string): Promise<void> {
  const reportsDir = environment().OAUTH_REPORTS_DIR ?? 'reports';
  const { conformance, run } = await read(file, reportsDir);
  await clearReports(reportsDir);
  await writeReports(conformance, run);
  process.stdout.write(`${consoleText(conformance, { reportsDir })}This is what ${file} says of a run at ${conformance.startedAt}; it was not verified.\n`);
}

async function read(file: string, reportsDir: string) {
  try {
    const files = await readArchive(file);
    const conformance = conformanceFrom(files.get(names.conformance)?.toString() ?? '', names.conformance);
    return { conformance, run: (await runAgain(recordingIn(files), reportsDir)).run };
  } catch (error) {
    throw new SettingsError([`${file}: ${(error as Error).message}`]);
  }
}
