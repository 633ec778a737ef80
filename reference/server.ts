import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RequestError, getRequestListener } from '@hono/node-server';
import { renderRefusal, send } from './answer.ts';
import { createApp } from './app.ts';
import type { App } from './app.ts';
import { conforming } from './behaviour.ts';
import { createClients } from './directory.ts';
import type { Client } from './directory.ts';
import { deviationAt } from './deviations.ts';
import type { Deviation } from './deviation.ts';
import { badRequest, internalError } from './refusals.ts';
import { createState } from './state.ts';

/** A running reference server. */
export interface Reference {
  /**
   * `http://127.0.0.1:<port>`, without a trailing slash. The conforming server is there; below `/fault/<name>` and
   * `/variant/<name>` are those that deviate.
   */
  readonly baseUrl: string;
  /** Of two different organizations. */
  readonly clients: readonly [Client, Client];
  /** Stops listening and ends all connections. */
  readonly close: () => Promise<void>;
}

/** How to start a reference server. */
export interface ReferenceOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** The secrets of its clients; new ones at every start by default. */
  readonly secrets?: readonly [string, string];
  /** How long an access token is valid, in whole seconds; 3600 by default. */
  readonly tokenLifetimeS?: number;
  /** The clock that tokens expire by, in milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Starts a server that keeps the whole contract, for this machine alone: plain HTTP on 127.0.0.1, with credentials that
 * are new at every start.
 *
 * @throws The error of the socket, such as EADDRINUSE, where the port cannot be had.
 */
export async function startReference(options: ReferenceOptions = {}): Promise<Reference> {
  const { port = 0, secrets, tokenLifetimeS = 3600, now = Date.now } = options;
  const [first, second] = createClients(secrets);
  const mount = (basePath: string, { steps, wrap, clients, tokenLifetimeS: lifetime }: Partial<Deviation>): App => {
    const known = clients?.([first, second]) ?? [first, second];
    const app = createApp({ ...conforming, ...steps?.() }, createState(known, lifetime ?? tokenLifetimeS, now), basePath);
    return wrap?.(app) ?? app;
  };
  const conformingApp = mount('', {});
  // A deviating server is made when it is first asked for.
  const deviating = new Map<string, App>();
  const appFor = (path: string): App => {
    const [basePath = '', deviation] = deviationAt(path) ?? [];
    if (!deviation) return conformingApp;
    const app = deviating.get(basePath) ?? mount(basePath, deviation);
    deviating.set(basePath, app);
    return app;
  };

  const listener = getRequestListener((request) => appFor(new URL(request.url).pathname)(request), {
    // The process may be a test runner's: its globals are not this server's to replace.
    overrideGlobalObjects: false,
    errorHandler: (error) => send(renderRefusal(error instanceof RequestError ? badRequest() : internalError())),
  });
  // Long enough that a client's kept-alive connection is not closed under its next request.
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    deviationAt(request.url ?? '')?.[1].socket?.(request, response);
    void listener(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clients: [
      { id: first.id, secret: first.secret },
      { id: second.id, secret: second.secret },
    ],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
