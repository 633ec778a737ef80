import { rm } from 'node:fs/promises';
import type { Conformance } from '../reports/conformance.ts';
import type { Run } from '../target/run.ts';
import { exposuresIn, type Exposure } from '../secrets/scan.ts';
import { writeArchive } from './archive.ts';
import { bundleOf, bundlePath } from './bundle.ts';
import { missingFor } from './missing.ts';

/** What came of a run that was to be certified. */
export interface Certification {
  /** The path of the bundle: a certificate, or where something is missing for one, the record of the run. */
  readonly file: string;
  /** Why it is no certificate. */
  readonly missing: readonly string[];
  /** Secrets in the bundle, which was then removed. */
  readonly exposures: readonly Exposure[];
}

/** Writes the bundle of a run that is over. */
export async function certify(conformance: Conformance, run: Run): Promise<Certification> {
  const missing = missingFor(conformance);
  const file = bundlePath(conformance, run.settings, missing);
  await writeArchive(file, 'certificate', bundleOf(conformance, run, missing), new Date(conformance.startedAt));
  const exposures = await exposuresIn([file], run.redactor.secrets);
  if (exposures.length > 0) await rm(file, { force: true });
  return { file, missing, exposures };
}
