import { readArchive } from '../kit/certificate/archive.ts';
import { names, recordingIn } from '../kit/certificate/bundle.ts';
import { runAgain } from '../kit/certificate/verify.ts';
import { exitCodes } from '../kit/finish.ts';
import { print } from '../kit/print.ts';
import { consoleText } from '../kit/reports/console.ts';
import { clearReports, holdFolder } from '../kit/reports/folder.ts';
import { conformanceFrom } from '../kit/reports/read.ts';
import { unwrittenLines } from '../kit/reports/unwritten.ts';
import { writeReports } from '../kit/reports/write.ts';
import { environment, SettingsError } from '../kit/settings/settings.ts';

/**
 * Makes all reports of the run that a bundle records, without its target. Whether to believe them, only `verify` tells.
 *
 * @returns the exit code: 0 where all of them are there
 * @throws {SettingsError} where the file is no bundle
 */
export async function replay(file: string): Promise<number> {
  const reportsDir = environment().OAUTH_REPORTS_DIR ?? 'reports';
  const { conformance, run } = await read(file, reportsDir);
  await holdFolder(reportsDir);
  await clearReports(reportsDir);
  const { exposures, unwritten } = await writeReports(conformance, run);
  for (const line of unwrittenLines(unwritten, reportsDir, (text) => run.redactor.redact(text))) print(`${line}\n`, process.stderr);
  for (const { place, secret } of exposures) print(`secret exposed: ${secret} stands in ${place}; the file was withheld\n`, process.stderr);
  print(`${consoleText(conformance, { reportsDir })}This is what ${file} says of a run at ${conformance.startedAt}; it was not verified.\n`);
  return exposures.length > 0 ? exitCodes.exposed : unwritten.length > 0 ? exitCodes.inconclusive : exitCodes.conformant;
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
