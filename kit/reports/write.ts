import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Comparison } from '../comparison/baseline.ts';
import type { Run } from '../target/run.ts';
import { exposedIn, exposuresIn, type Exposure } from '../secrets/scan.ts';
import { allureReport, allureResults } from './allure/report.ts';
import { badge } from './badge.ts';
import type { Conformance } from './conformance.ts';
import { jsonOf, makeInside, outputs, writeWhole } from './folder.ts';
import { junit } from './junit.ts';
import { placeholder } from './placeholders.ts';
import { statement } from './statement.ts';
import { summary } from './summary.ts';
import { systemCodeOf, type Unwritten } from './unwritten.ts';

/** What came of writing the reports. */
export interface Written {
  /** Secrets that were found in reports, which were then removed. */
  readonly exposures: readonly Exposure[];
  readonly unwritten: readonly Unwritten[];
}

/** How a report is written below the reports folder. */
interface Writer {
  readonly name: string;
  write(): Promise<void>;
}

/**
 * Writes all reports of a run, and removes those in which a secret stands. One whose writer fails leaves a placeholder, and keeps none of the
 * others from being written. `conformance.json` comes last, when all else is there; on a disk that takes no more, there is none. Never throws.
 */
export async function writeReports(conformance: Conformance, run: Run, comparison?: Comparison): Promise<Written> {
  const { reportsDir, historyFile } = run.settings;
  const text = jsonOf(conformance);
  const digest = createHash('sha256').update(text).digest('hex');
  const file = (name: string, content: () => string): Writer => ({ name, write: async () => writeWhole(join(reportsDir, name), content()) });
  let results: Promise<void> | undefined;
  const allure = () => (results ??= allureResults(conformance, run));
  const failed = await writeAll(reportsDir, [
    file(outputs.junit, () => junit(conformance)),
    file(outputs.summary, () => summary(conformance, comparison)),
    file(outputs.statement, () => statement(conformance, digest)),
    file(outputs.badge, () => badge(conformance)),
    { name: outputs.allureResults, write: allure },
    // Without the results there would be an empty report, in which nothing is wrong.
    { name: outputs.allureReport, write: () => allure().then(() => allureReport(conformance, reportsDir, historyFile)) },
  ]);
  const { exposures, unread } = await searchAll(run);
  const unwritten = [...failed, ...unread];
  if (unwritten.some(({ error }) => systemCodeOf(error) !== undefined)) return { exposures, unwritten };
  const result = await writeResult(join(reportsDir, outputs.conformance), text, run);
  return { exposures: [...exposures, ...result.exposures], unwritten: [...unwritten, ...result.unwritten] };
}

/** Writes each, whatever happens to the others. */
async function writeAll(reportsDir: string, writers: readonly Writer[]): Promise<readonly Unwritten[]> {
  const unwritten: Unwritten[] = [];
  for (const { name, write } of writers) {
    try {
      await write();
    } catch (error) {
      unwritten.push({ name, error });
      await leavePlaceholder(reportsDir, { name, error });
    }
  }
  return unwritten;
}

/** In place of what there is of a report. Where not even that can be written, the run says so all the same. */
async function leavePlaceholder(reportsDir: string, { name, error }: Unwritten): Promise<void> {
  try {
    await rm(join(reportsDir, name), { recursive: true, force: true });
    const { file, content } = placeholder(name, error);
    if (dirname(file) !== '.') await makeInside(join(reportsDir, dirname(file)));
    await writeWhole(join(reportsDir, file), content);
  } catch {
    // The first error is the one to tell.
  }
}

/** Looks for secrets in what was written. A report that cannot be looked through does not stay. */
async function searchAll({ redactor, settings: { reportsDir, historyFile } }: Run): Promise<{ readonly exposures: readonly Exposure[]; readonly unread: readonly Unwritten[] }> {
  const exposures: Exposure[] = [];
  const unread: Unwritten[] = [];
  const search = async (path: string, name: string) => {
    try {
      const found = await exposuresIn([path], redactor.secrets);
      await Promise.all(found.map((exposure) => rm(exposure.file, { force: true })));
      exposures.push(...found);
      return true;
    } catch (error) {
      unread.push({ name, error });
      return false;
    }
  };
  for (const name of Object.values(outputs)) {
    if (name === outputs.conformance || (await search(join(reportsDir, name), name))) continue;
    await leavePlaceholder(reportsDir, { name, error: unread.at(-1)?.error });
  }
  if (historyFile !== undefined) await search(historyFile, historyFile);
  return { exposures, unread };
}

/** Writes `conformance.json` unless a secret stands in it. */
async function writeResult(file: string, text: string, { redactor }: Run): Promise<Written> {
  try {
    const secret = exposedIn(text, redactor.secrets);
    if (secret !== undefined) return { exposures: [{ place: file, file, offset: 0, secret }], unwritten: [] };
    await writeWhole(file, text);
    return { exposures: [], unwritten: [] };
  } catch (error) {
    return { exposures: [], unwritten: [{ name: outputs.conformance, error }] };
  }
}
