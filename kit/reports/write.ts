import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { allureReport, writeEnvironment } from './allure.ts';
import type { Conformance } from './conformance.ts';
import { exposedIn, exposuresIn, type Exposure } from '../scan.ts';
import { outputs, writeWhole } from './folder.ts';
import { junit } from './junit.ts';
import { summary } from './summary.ts';

/**
 * Writes all reports of a run whose Allure results are there, and removes those in which a secret stands.
 * `conformance.json` comes last, when all else is there.
 *
 * @param secrets every form of every secret of the run, with its placeholder
 * @returns what was removed, and why
 */
export async function writeReports(
  conformance: Conformance,
  reportsDir: string,
  secrets: ReadonlyMap<string, string>,
): Promise<readonly Exposure[]> {
  const file = (name: string) => join(reportsDir, name);
  await writeWhole(file(outputs.junit), junit(conformance));
  await writeWhole(file(outputs.summary), summary(conformance));
  await writeEnvironment(conformance, reportsDir);
  await allureReport(conformance, reportsDir);
  const { conformance: last, ...others } = outputs;
  const exposures = await exposuresIn(Object.values(others).map(file), secrets);
  await Promise.all(exposures.map((exposure) => rm(exposure.file, { force: true })));
  const text = `${JSON.stringify(conformance, null, 2)}\n`;
  const secret = exposedIn(text, secrets);
  if (secret !== undefined) return [...exposures, { place: file(last), file: file(last), offset: 0, secret }];
  await writeWhole(file(last), text);
  return exposures;
}
