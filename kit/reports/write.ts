import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Comparison } from '../comparison/baseline.ts';
import type { Run } from '../target/run.ts';
import { exposedIn, exposuresIn, type Exposure } from '../secrets/scan.ts';
import { allureReport, allureResults } from './allure/report.ts';
import { badge } from './badge.ts';
import type { Conformance } from './conformance.ts';
import { jsonOf, outputs, writeWhole } from './folder.ts';
import { junit } from './junit.ts';
import { statement } from './statement.ts';
import { summary } from './summary.ts';

/**
 * Writes all reports of a run, and removes those in which a secret stands. `conformance.json` comes last, when all else is there.
 *
 * @returns what was removed, and why
 */
export async function writeReports(conformance: Conformance, run: Run, comparison?: Comparison): Promise<readonly Exposure[]> {
  const { reportsDir, historyFile } = run.settings;
  const secrets = run.redactor.secrets;
  const file = (name: string) => join(reportsDir, name);
  const text = jsonOf(conformance);
  await writeWhole(file(outputs.junit), junit(conformance));
  await writeWhole(file(outputs.summary), summary(conformance, comparison));
  await writeWhole(file(outputs.statement), statement(conformance, createHash('sha256').update(text).digest('hex')));
  await writeWhole(file(outputs.badge), badge(conformance));
  await allureResults(conformance, run);
  await allureReport(conformance, reportsDir, historyFile);
  const { conformance: last, ...others } = outputs;
  const written = [...Object.values(others).map(file), ...(historyFile === undefined ? [] : [historyFile])];
  const exposures = await exposuresIn(written, secrets);
  await Promise.all(exposures.map((exposure) => rm(exposure.file, { force: true })));
  const secret = exposedIn(text, secrets);
  if (secret !== undefined) return [...exposures, { place: file(last), file: file(last), offset: 0, secret }];
  await writeWhole(file(last), text);
  return exposures;
}
