import type { Baseline } from './comparison/baseline.ts';
import { openGateway } from './runner/gateway.ts';
import { preflight } from './target/preflight.ts';
import { conformanceOf, type Conformance } from './reports/conformance.ts';
import { Run } from './target/run.ts';
import type { Settings } from './settings/settings.ts';
import type { Waiver } from './settings/waivers.ts';

/** A run that can be judged in: the door is open. */
export interface Session {
  readonly run: Run;
  /** The run to compare this one with; undefined where none was asked for. */
  readonly baseline: Baseline | undefined;
  readonly gatewayUrl: string;
  /** Finds out whether there is anything to judge; in a nightly run, it also sends all that is sent. */
  begin(): Promise<void>;
  /** Closes the door and decides on the run. @param waivers the violations that are accepted, by the requirement */
  end(waivers?: ReadonlyMap<string, Waiver>): Promise<Conformance>;
}

/** @param reference whether the target is the kit's own reference server, which the reports then say */
export async function openSession(settings: Settings, reference: boolean, baseline?: Baseline): Promise<Session> {
  const run = new Run(settings);
  const gateway = await openGateway(run);
  const end = async (waivers?: ReadonlyMap<string, Waiver>) => {
    await gateway.close();
    run.close();
    return conformanceOf(run, reference, waivers);
  };
  const begin = async () => {
    await preflight(run);
    if (settings.profile !== 'nightly') return;
    // Loaded only here: elsewhere the checks have a process of their own.
    const { nightlyRound } = await import('../tests/nightly.ts');
    await nightlyRound(run);
  };
  return { run, baseline, gatewayUrl: gateway.url, begin, end };
}
