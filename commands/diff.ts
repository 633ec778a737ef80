import { diff, diffText, isSame } from '../kit/diff.ts';
import { exitCodes } from '../kit/finish.ts';
import { readConformance } from '../kit/reports/read.ts';
import { SettingsError } from '../kit/settings.ts';

// `npm run diff -- BEFORE.json AFTER.json`: what changed from one run to another. Exits with 0 where nothing did, else with 1.
const files = process.argv.slice(2);
const [before, after] = files;
if (before === undefined || after === undefined || files.length > 2) {
  process.stderr.write('npm run diff -- BEFORE.json AFTER.json: it takes the conformance.json of two runs\n');
  process.exitCode = exitCodes.usage;
} else {
  try {
    const told = diff(await readConformance(before), await readConformance(after));
    process.stdout.write(diffText(told));
    process.exitCode = isSame(told) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.problems.join('\n')}\n`);
    process.exitCode = exitCodes.usage;
  }
}
