import { openGateway } from './gateway.ts';
import { preflight } from './preflight.ts';
import { conformanceOf, type Conformance } from './reports/conformance.ts';
import { Run } from './run.ts';
import type { Settings } from './settings.ts';
import type { Waiver } from './waivers.ts';

/** A run that can be judged in: the door is open. */
export interface Session {
  readonly run: Run;
  readonly gatewayUrl: string;
  /** Finds out whether there is anything to judge. */
  preflight(): Promise<void>;
  /** Closes the door and decides on the run. @param waivers the violations that are accepted, by the requirement */
  end(waivers?: ReadonlyMap<string, Waiver>): Promise<Conformance>;
}

/** @param reference whether the target is the kit's own reference server, which the reports then say */
export async function openSession(settings: Settings, reference: boolean): Promise<Session> {
  const run = new Run(settings);
  const gateway = await openGateway(run);
  const end = async (waivers?: ReadonlyMap<string, Waiver>) => {
    await gateway.close();
    run.close();
    return conformanceOf(run, reference, waivers);
  };
  return { run, gatewayUrl: gateway.url, preflight: () => preflight(run), end };
}
