import type { APIRequestContext } from '@playwright/test';
import { gatewayVariable, keyHeader } from './control.ts';
import type { Exchange, Request } from '../target/exchange.ts';
import type { Cause, Outcome } from '../judging/outcome.ts';
import { Redactor } from '../secrets/redaction.ts';
import { useRedactor } from '../secrets/shown.ts';
import type { Selection, Sending } from '../target/run.ts';

/** What a run has exchanged so far, and why it has ended, where it has. */
export interface RunRecord {
  /** In the order in which they were completed. */
  readonly exchanges: readonly Exchange[];
  /** The ids of the exchanges that a requirement was found violated by. */
  readonly blamed: readonly number[];
  readonly cause?: Cause;
}

/** No call to the gateway waits for longer, in milliseconds: after 300 s without an answer, `fetch` gives up. */
const longestCall = 60_000;

/** Answers up to this size stay with Playwright, in bytes. */
const largestKept = 16 * 1024;

/** The checks' side of the gateway: one Playwright request context for a whole worker. */
export interface Door {
  send(request: Request, sending: Sending): Promise<Exchange>;
  record(): Promise<RunRecord>;
  /** Waits, but not for longer than the run. */
  pause(milliseconds: number): Promise<void>;
  /** Resolves to what is kept of the outcome: see `settle`. */
  report(outcome: Outcome): Promise<Outcome>;
  close(): Promise<void>;
}

/** Opens the door for a worker, or for the reporter, which says what was selected. */
export async function openDoor(): Promise<Door & { select(selection: Selection): Promise<void> }> {
  const { origin, username: runKey } = new URL(process.env[gatewayVariable] ?? 'http://none@127.0.0.1:0/');
  // Only here, where the runner has loaded it: whoever judges without one may have another version of it.
  const { request: playwrightRequest } = await import('@playwright/test');
  const context = await playwrightRequest.newContext({
    baseURL: origin,
    extraHTTPHeaders: { [keyHeader]: runKey },
    maxRedirects: 0,
    timeout: 0,
  });
  // What is said to the run is no request of a check, and needs none of what Playwright does for one.
  const call = async (method: string, route: string, data: object): Promise<unknown> => {
    const headers = { [keyHeader]: runKey, 'Content-Type': 'application/json' };
    const response = await fetch(new URL(route, origin), { method, headers, body: JSON.stringify(data) }).catch(() => {
      throw unanswered(route);
    });
    if (!response.ok) throw refused(route);
    return response.json();
  };
  const known = useRedactor(new Redactor(runKey));
  const shared = new Map<string, Promise<Exchange>>();
  const received = new Map<number, Exchange>();

  const receive = (exchange: Exchange): Exchange => {
    known.learnFrom(exchange);
    if (exchange.id > 0) received.set(exchange.id, exchange);
    return exchange;
  };

  const forward = async (request: Request, sending: Sending): Promise<Exchange> => {
    // Whole, as data: so no header is renamed, reordered or added, and nothing stands in a URL that the runner shows.
    return receive((await sent(context, { request, sending })) as Exchange);
  };

  return {
    send(request, sending) {
      const key = JSON.stringify(request);
      const alone = sending.apart === true || sending.plainHttp === true;
      const before = sending.fresh || alone ? undefined : shared.get(key);
      const exchange = before ?? forward(request, sending);
      if (!alone) shared.set(key, exchange);
      return exchange;
    },
    record: async () => {
      const { ids, ...record } = (await call('POST', 'exchanges', [...received.keys()])) as RunRecord & { readonly ids: readonly number[] };
      record.exchanges.forEach(receive);
      return { ...record, exchanges: ids.flatMap((id) => received.get(id) ?? []) };
    },
    pause: async (milliseconds) => {
      const end = performance.now() + milliseconds;
      for (let left = milliseconds; left > 0; left = end - performance.now()) {
        if (((await call('POST', 'pauses', { milliseconds: Math.min(left, longestCall) })) as { over: boolean }).over) return;
      }
    },
    report: async (outcome) => (await call('POST', 'outcomes', outcome)) as Outcome,
    select: async (selection) => void (await call('PUT', 'selection', selection)),
    close: () => context.dispose(),
  };
}

/** Sends a request of a check, by Playwright. */
async function sent(context: APIRequestContext, data: { readonly request: Request; readonly sending: Sending }): Promise<unknown> {
  const response = await context.fetch('target', { method: 'POST', data }).catch(() => {
    // Playwright's own message would print the headers, and with them the credentials.
    throw unanswered('target');
  });
  if (!response.ok()) throw refused('target');
  const body = await response.body();
  // What is small may stay until the context ends: to dispose of it is another round trip to Playwright.
  if (body.length > largestKept) await response.dispose();
  return JSON.parse(body.toString()) as unknown;
}

function unanswered(route: string): Error {
  return new Error(`the kit's gateway did not answer at ${route}`);
}

function refused(route: string): Error {
  return new Error(`the kit's gateway refused what was asked at ${route}`);
}
