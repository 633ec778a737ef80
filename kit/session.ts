import { join } from 'node:path';
import { openGateway } from './gateway.ts';
import { preflight } from './preflight.ts';
import { allureReport } from './reports/allure.ts';
import { conformanceOf, type Conformance } from './reports/conformance.ts';
import { clearReports, outputs, writeWhole } from './reports/folder.ts';
import { junit } from './reports/junit.ts';
import { summary } from './reports/summary.ts';
import { Run } from './run.ts';
import type { Settings } from './settings.ts';

/** A run that has begun: old reports are gone, the door is open, and the preflight has been made. */
export interface Session {
  readonly run: Run;
  readonly gatewayUrl: string;
  /** Ends the run and writes all reports, `conformance.json` last. */
  finish(): Promise<Conformance>;
}

/** @param reference whether the target is the kit's own reference server, which the reports then say */
export async function openSession(settings: Settings, reference: boolean): Promise<Session> {
  await clearReports(settings.reportsDir);
  const run = new Run(settings);
  const gateway = await openGateway(run);
  await preflight(run);

  const finish = async () => {
    await gateway.close();
    run.close();
    const conformance = conformanceOf(run, reference);
    const file = (name: string) => join(settings.reportsDir, name);
    await writeWhole(file(outputs.junit), junit(conformance));
    await writeWhole(file(outputs.summary), summary(conformance));
    await allureReport(conformance, settings.reportsDir);
    await writeWhole(file(outputs.conformance), `${JSON.stringify(conformance, null, 2)}\n`);
    return conformance;
  };
  return { run, gatewayUrl: gateway.url, finish };
}
