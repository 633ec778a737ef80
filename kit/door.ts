import { request as playwrightRequest, type APIRequestContext } from '@playwright/test';
import { gatewayVariable, keyHeader } from './control.ts';
import type { Exchange, Request } from './exchange.ts';
import type { Cause, Outcome } from './outcome.ts';
import { Redactor } from './redaction.ts';
import type { Selection, Sending } from './run.ts';

let redactor: Redactor | undefined;

/** Replaces every secret that this process has seen, by the placeholders that all processes of the run use. */
export function redact(text: string): string {
  return redactor?.redact(text) ?? text;
}

/** Sets what `redact` knows: that of the run whose checks are running in this process. */
export function useRedactor(known: Redactor): Redactor {
  return (redactor = known);
}

/** What a run has exchanged so far, and why it has ended, where it has. */
export interface RunRecord {
  /** In the order in which they were completed. */
  readonly exchanges: readonly Exchange[];
  /** The ids of the exchanges that a requirement was found violated by. */
  readonly blamed: readonly number[];
  readonly cause?: Cause;
}

/** The checks' side of the gateway: one Playwright request context for a whole worker. */
export interface Door {
  send(request: Request, sending: Sending): Promise<Exchange>;
  record(): Promise<RunRecord>;
  /** Resolves to what is kept of the outcome: see `settle`. */
  report(outcome: Outcome): Promise<Outcome>;
  close(): Promise<void>;
}

/** Opens the door for a worker, or for the reporter, which says what was selected. */
export async function openDoor(): Promise<Door & { select(selection: Selection): Promise<void> }> {
  const { origin, username: runKey } = new URL(process.env[gatewayVariable] ?? 'http://none@127.0.0.1:0/');
  const context = await playwrightRequest.newContext({
    baseURL: origin,
    extraHTTPHeaders: { [keyHeader]: runKey },
    maxRedirects: 0,
    timeout: 0,
  });
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
    return receive((await call(context, 'POST', 'target', { request, sending })) as Exchange);
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
      const { ids, ...record } = (await call(context, 'POST', 'exchanges', [...received.keys()])) as RunRecord & { readonly ids: readonly number[] };
      record.exchanges.forEach(receive);
      return { ...record, exchanges: ids.flatMap((id) => received.get(id) ?? []) };
    },
    report: async (outcome) => (await call(context, 'POST', 'outcomes', outcome)) as Outcome,
    select: async (selection) => void (await call(context, 'PUT', 'selection', selection)),
    close: () => context.dispose(),
  };
}

async function call(context: APIRequestContext, method: string, path: string, data?: object): Promise<unknown> {
  const response = await context.fetch(path, { method, ...(data && { data }) }).catch(() => {
    // Playwright's own message would print the headers, and with them the credentials.
    throw new Error(`the kit's gateway did not answer ${method} ${path.split('/')[0]}`);
  });
  const value: unknown = await response.json();
  await response.dispose();
  if (!response.ok()) throw new Error(`the kit's gateway refused ${method} ${path.split('/')[0]}`);
  return value;
}
