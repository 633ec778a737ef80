import { basename, join, relative } from 'node:path';
import { jsonOf, makeFolder, outputs, writeWhole } from '../kit/reports/folder.ts';
import { overviewJson, overviewPage, type Overviewed } from '../kit/reports/overview.ts';
import { readConformance } from '../kit/reports/read.ts';
import { environment, SettingsError } from '../kit/settings.ts';

/** Makes `index.html` and `index.json` of what runs have left in some folders, in the reports folder. */
export async function overview(folders: readonly string[]): Promise<void> {
  await writeOverview(folders, environment().OAUTH_REPORTS_DIR ?? 'reports');
}

/** The same in a folder. One without a result is told as such. */
export async function writeOverview(folders: readonly string[], reportsDir: string): Promise<void> {
  const targets = await Promise.all(folders.map((folder) => read(folder, reportsDir)));
  await makeFolder(reportsDir);
  await writeWhole(join(reportsDir, 'index.json'), jsonOf(overviewJson(targets)));
  await writeWhole(join(reportsDir, 'index.html'), overviewPage(targets));
  process.stdout.write(`Index:    ${join(reportsDir, 'index.html')}\n`);
}

async function read(folder: string, reportsDir: string): Promise<Overviewed> {
  const target = { name: basename(folder), folder: relative(reportsDir, folder) || '.' };
  try {
    return { ...target, conformance: await readConformance(join(folder, outputs.conformance)) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { ...target, problem: error.message };
  }
}
