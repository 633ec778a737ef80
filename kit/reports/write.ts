import { join } from 'node:path';
import { allureReport } from './allure.ts';
import type { Conformance } from './conformance.ts';
import { outputs, writeWhole } from './folder.ts';
import { junit } from './junit.ts';
import { summary } from './summary.ts';

/** Writes all reports of a run whose Allure results are there; `conformance.json` comes last, when all else is there. */
export async function writeReports(conformance: Conformance, reportsDir: string): Promise<void> {
  const file = (name: string) => join(reportsDir, name);
  await writeWhole(file(outputs.junit), junit(conformance));
  await writeWhole(file(outputs.summary), summary(conformance));
  await allureReport(conformance, reportsDir);
  await writeWhole(file(outputs.conformance), `${JSON.stringify(conformance, null, 2)}\n`);
}
