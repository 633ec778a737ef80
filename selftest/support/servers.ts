import { createServer, request as sendRequest, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Settings } from '../../kit/settings/settings.ts';

/** What ends with a test: node's test context, or anything that calls these functions afterwards. */
export interface Scope {
  after(end: () => void | Promise<void>): void;
}

/** Starts an HTTP server on a free loopback port for the length of a test; resolves to its URL. */
export function serve(t: Scope, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  t.after(() => server.closeAllConnections());
  return listening(t, server);
}

/** The same for a server that speaks whatever it likes. */
export function serveTcp(t: Scope, onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  return listening(t, server);
}

async function listening(t: Scope, server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A URL at which nothing listens: its port was free a moment ago. */
export async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** The body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Settings for a target, with values that nothing depends on. */
export function settingsFor(baseUrl: string, more: Partial<Settings> = {}): Settings {
  return {
    baseUrl,
    client: { id: 'client', secret: 'canary-secret-of-the-client' },
    profile: 'gate',
    strict: false,
    timeoutMs: 5000,
    concurrency: 8,
    maxRequests: 1500,
    maxDurationS: 300,
    maxResponseBytes: 4 * 1024 * 1024,
    expiryWaitS: 0,
    trust: {},
    latencyBudgets: {},
    alertOn: 'violation',
    reportsDir: 'reports',
    ...more,
  };
}

/** Passes a request on to another server, and its answer back, both as they are. */
export function forward(baseUrl: string, incoming: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', rawHeaders } = incoming;
  const { hostname, port, pathname } = new URL(baseUrl);
  const path = `${pathname.replace(/\/$/, '')}${incoming.url}`;
  const outgoing = sendRequest({ hostname, port, path, method, headers: rawHeaders }, (answer) => {
    response.writeHead(answer.statusCode ?? 0, answer.rawHeaders);
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  incoming.pipe(outgoing);
}

/** What another server answered, before it is passed back. */
export interface Passed {
  /** Names and values in turns. */
  readonly headers: string[];
  body: Buffer;
}

/** The same with each answer changed. */
export function forwardChanged(
  baseUrl: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  change: (passed: Passed) => void,
): void {
  askFor(baseUrl, incoming, response, (status, passed) => {
    change(passed);
    const framing = incoming.method === 'HEAD' ? [] : ['Content-Length', String(passed.body.length)];
    response.writeHead(status, [...passed.headers, ...framing]).end(passed.body);
  });
}

/** The same with each answer as it is, on a connection that is said to be closed and stays open, and with something behind the answer. */
export function forwardAndStay(baseUrl: string, incoming: IncomingMessage, response: ServerResponse, behind: string): void {
  askFor(baseUrl, incoming, response, (status, { headers, body }) => {
    const lines = headers.flatMap((name, i) => (i % 2 === 0 ? `${name}: ${headers[i + 1]}\r\n` : []));
    const head = `HTTP/1.1 ${status} Status\r\n${lines.join('')}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
    response.socket?.on('error', () => {}).write(Buffer.concat([Buffer.from(head, 'latin1'), body, Buffer.from(behind)]));
  });
}

/** Passes a request on to another server, and gives what it answered. */
function askFor(baseUrl: string, incoming: IncomingMessage, response: ServerResponse, then: (status: number, passed: Passed) => void): void {
  const { method = 'GET', url = '/', rawHeaders } = incoming;
  const outgoing = sendRequest(new URL(url, baseUrl), { method, headers: rawHeaders }, (answer) => {
    void bodyOf(answer).then((body) => then(answer.statusCode ?? 0, { headers: endToEnd(answer.rawHeaders), body }));
  });
  outgoing.on('error', () => response.destroy());
  incoming.pipe(outgoing);
}

/** Without what is said of the connection and of the framing, which are new. */
function endToEnd(rawHeaders: readonly string[]): string[] {
  const hopByHop = /^(connection|keep-alive|transfer-encoding|content-length|date)$/i;
  return rawHeaders.filter((_, i) => !hopByHop.test(rawHeaders[i - (i % 2)] ?? ''));
}
