import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keyHeader } from './control.ts';
import type { Request } from '../target/exchange.ts';
import type { Outcome } from '../judging/outcome.ts';
import type { Run, Selection, Sending } from '../target/run.ts';
import { settle } from '../judging/settle.ts';

/**
 * The one door to the target: a loopback server through which the checks, in processes of their own, reach the run.
 *
 * - `POST /target` sends the `request` of its body as its `sending` has it, and answers with the `Exchange`, so that nothing
 *   a target says can act on the HTTP client of a check, and a transport failure is data.
 * - `POST /exchanges` takes the ids of exchanges that are known already, and has the others, the ids of all in the order in
 *   which they were completed, those of them that a violation was found in, and the cause for which the run has ended.
 * - `POST /pauses` answers after `milliseconds`, or when the run has ended, and says whether it has.
 * - `POST /outcomes` takes an `Outcome`, and answers with what is kept of it.
 * - `PUT /selection` takes the `Selection`.
 */
export interface Gateway {
  /** Its user info is the secret of the run, which `openDoor` sends along, so that only who was told the URL can use the door. */
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the door to a run's target on a free loopback port. */
export async function openGateway(run: Run): Promise<Gateway> {
  const server = createServer((incoming, response) => {
    const [, route = ''] = (incoming.url ?? '').split('/');
    if (incoming.headers[keyHeader] !== run.key) {
      response.writeHead(404).end();
      return;
    }
    serve(run, incoming, route).then(
      (value) => respond(response, 200, value),
      (error: unknown) => respond(response, 500, { error: error instanceof Error ? error.message : 'failed' }),
    );
  });
  // The checks keep their connections; a run may pause for longer than a server's default patience.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => void server.close(() => resolve()));
  };
  return { url: `http://${run.key}@127.0.0.1:${port}/`, close };
}

function respond(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value ?? null));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
}

async function serve(run: Run, incoming: IncomingMessage, route: string): Promise<unknown> {
  const body = await readAll(incoming);
  if (route === 'target') {
    const { request, sending } = JSON.parse(body.toString()) as { request: Request; sending: Sending };
    return run.exchange(request, sending);
  }
  if (route === 'exchanges') {
    const known = new Set(JSON.parse(body.toString()) as number[]);
    const ids = run.judgeable.map(({ id }) => id);
    return { ids, exchanges: run.judgeable.filter(({ id }) => !known.has(id)), blamed: run.blamed, cause: run.cause };
  }
  if (route === 'pauses') {
    await run.pause((JSON.parse(body.toString()) as { milliseconds: number }).milliseconds);
    return { over: run.over.aborted };
  }
  if (route === 'selection') {
    run.selection = JSON.parse(body.toString()) as Selection;
    return null;
  }
  if (route === 'outcomes') return settle(run, JSON.parse(body.toString()) as Outcome);
  throw new Error(`the gateway has no ${incoming.method} /${route}`);
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
