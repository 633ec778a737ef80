import { basename, join, relative, resolve } from 'node:path';
import { print } from '../kit/print.ts';
import { inLine } from '../kit/printable.ts';
import { holdFolder, jsonOf, outputs, releaseFolder, unwritable, writeWhole } from '../kit/reports/folder.ts';
import { overviewJson, overviewPage, type Overviewed } from '../kit/reports/overview.ts';
import { readConformance } from '../kit/reports/read.ts';
import { environment, SettingsError } from '../kit/settings/settings.ts';

/**
 * Makes `index.html` and `index.json` of what runs have left in some folders, in the reports folder. One without a result is told as
 * such.
 *
 * @throws {SettingsError} where none has a result
 */
export async function overview(folders: readonly string[]): Promise<void> {
  const reportsDir = environment().OAUTH_REPORTS_DIR ?? 'reports';
  const found = await Promise.all(folders.map((folder) => overviewed(folder, reportsDir)));
  // Where folders of several places are called alike, the way to each tells them apart.
  const isUnique = ({ name }: Overviewed) => found.filter((each) => each.name === name).length === 1;
  const targets = found.map((each) => (isUnique(each) ? each : { ...each, name: each.folder }));
  const problems = targets.flatMap(({ problem }) => problem ?? []);
  if (problems.length === targets.length) throw new SettingsError(problems);
  for (const problem of problems) print(`${inLine(problem)}\n`, process.stderr);
  await writeOverview(targets, reportsDir);
}

/** @throws {SettingsError} where the folder cannot be written to */
export async function writeOverview(targets: readonly Overviewed[], reportsDir: string): Promise<void> {
  try {
    await holdFolder(reportsDir);
    await writeWhole(join(reportsDir, 'index.json'), jsonOf(overviewJson(targets)));
    await writeWhole(join(reportsDir, 'index.html'), overviewPage(targets));
  } catch (error) {
    throw error instanceof SettingsError ? error : unwritable(error);
  }
  releaseFolder(reportsDir);
  print(`Index:    ${join(reportsDir, 'index.html')}\n`);
}

/** What a run has left in a folder. */
export async function overviewed(folder: string, reportsDir: string): Promise<Overviewed> {
  const target = { name: basename(resolve(folder)), folder: relative(reportsDir, folder) || '.' };
  try {
    return { ...target, conformance: await readConformance(join(folder, outputs.conformance)) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { ...target, problem: error.message };
  }
}
