import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the kit writes into the reports folder. */
export const outputs = {
  conformance: 'conformance.json',
  junit: 'junit.xml',
  summary: 'summary.md',
  allureResults: 'allure-results',
  allureReport: 'allure-report',
} as const;

/** Makes the folder and removes what an earlier run left there, so that no old verdict outlives a failed run. */
export async function clearReports(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await Promise.all(Object.values(outputs).map((name) => rm(join(dir, name), { recursive: true, force: true })));
}

/** Writes a file so that it is there whole or not at all. */
export async function writeWhole(file: string, content: string): Promise<void> {
  const unfinished = `${file}.unfinished`;
  await writeFile(unfinished, content);
  await rename(unfinished, file);
}
