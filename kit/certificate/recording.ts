import type { Exchange } from '../target/exchange.ts';
import type { Run } from '../target/run.ts';
import type { Client } from '../settings/settings.ts';
import { Pseudonyms } from './pseudonyms.ts';

/** What a case looked at. */
export interface RecordedCase {
  readonly name: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** The ids of the exchanges, in the order in which it looked at them. */
  readonly exchanges: readonly number[];
}

/** What a run was told, what it exchanged, and what each case looked at: enough to judge it again, with nothing secret in it. */
export interface Recording {
  readonly baseUrl: string;
  readonly client: Client;
  readonly otherClient?: Client;
  readonly strict: boolean;
  readonly expiryWaitS: number;
  /** By requirement. */
  readonly cases: Readonly<Record<string, readonly RecordedCase[]>>;
  /** In the order in which they were completed. */
  readonly exchanges: readonly Exchange[];
  readonly overPlainHttp: readonly Exchange[];
}

/** The recording of a run that is over. */
export function recordingOf(run: Run): Recording {
  const { settings, outcomes } = run;
  const pseudonyms = new Pseudonyms(run);
  const cases = [...outcomes.values()].map((outcome) => {
    const looked = (outcome.cases ?? []).map(({ name, startedAt, exchanges }) => ({ name, startedAt, exchanges }));
    return [outcome.requirement, looked] as const;
  });
  return {
    baseUrl: settings.baseUrl,
    client: pseudonyms.client(settings.client),
    ...(settings.otherClient && { otherClient: pseudonyms.client(settings.otherClient) }),
    strict: settings.strict,
    expiryWaitS: settings.expiryWaitS,
    cases: Object.fromEntries(cases),
    exchanges: run.exchanges.map((exchange) => pseudonyms.exchange(exchange)),
    overPlainHttp: run.overPlainHttp.map((exchange) => pseudonyms.exchange(exchange)),
  };
}
