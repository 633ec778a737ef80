import { openGateway } from './gateway.ts';
import { preflight } from './preflight.ts';
import { conformanceOf, type Conformance } from './reports/conformance.ts';
import { Run } from './run.ts';
import type { Settings } from './settings.ts';

/** A run that has begun: the door is open, and the preflight has been made. */
export interface Session {
  readonly run: Run;
  readonly gatewayUrl: string;
  /** Closes the door and decides on the run. */
  end(): Promise<Conformance>;
}

/** @param reference whether the target is the kit's own reference server, which the reports then say */
export async function openSession(settings: Settings, reference: boolean): Promise<Session> {
  const run = new Run(settings);
  const gateway = await openGateway(run);
  await preflight(run);
  const end = async () => {
    await gateway.close();
    run.close();
    return conformanceOf(run, reference);
  };
  return { run, gatewayUrl: gateway.url, end };
}
