import { readArchive } from '../kit/certificate/archive.ts';
import { names } from '../kit/certificate/bundle.ts';
import { runAgain } from '../kit/certificate/verify.ts';
import { exitCodes } from '../kit/finish.ts';
import { consoleText } from '../kit/reports/console.ts';
import { clearReports } from '../kit/reports/folder.ts';
import { conformanceFrom } from '../kit/reports/read.ts';
import { writeReports } from '../kit/reports/write.ts';
import { environment } from '../kit/settings.ts';

// `npm run replay -- FILE`: makes all reports of the run that a bundle records, without its target. Whether to believe them, only
// `npm run verify` tells. Exits with 0 where there are reports, whatever they say.
const [file, ...rest] = process.argv.slice(2);
const reportsDir = environment().OAUTH_REPORTS_DIR ?? 'reports';
try {
  if (file === undefined || rest.length > 0) throw new Error('npm run replay -- FILE.tgz: it takes one file');
  const files = await readArchive(file);
  const conformance = conformanceFrom(files.get(names.conformance)?.toString() ?? '', names.conformance);
  const run = await runAgain(files, reportsDir);
  await clearReports(reportsDir);
  await writeReports(conformance, run);
  process.stdout.write(`${consoleText(conformance, { reportsDir })}This is what ${file} says of a run at ${conformance.startedAt}; it was not verified.\n`);
} catch (error) {
  process.stderr.write(`${file ?? ''}${file === undefined ? '' : ': '}${(error as Error).message}\n`);
  process.exitCode = exitCodes.usage;
}
