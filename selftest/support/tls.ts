import { randomUUID } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { forward, type Scope } from './servers.ts';

/** A certificate and its private key, both PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** Signs it; without one it signs itself. */
  readonly authority?: Pair | undefined;
  readonly hostName?: string;
  readonly notAfter?: Date;
}

/** An authority of its own. */
export async function authority(): Promise<Pair> {
  const made = await generate([{ name: 'commonName', value: `Authority ${randomUUID()}` }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** A certificate for 127.0.0.1, or for a host name in its place. */
export async function certificate({ authority: ca, hostName, notAfter }: CertificateOptions = {}): Promise<Pair> {
  const made = await generate([{ name: 'commonName', value: hostName ?? 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ...(ca && { ca }),
    notBeforeDate: new Date(0),
    notAfterDate: notAfter ?? new Date(Date.now() + 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'subjectAltName', altNames: [hostName === undefined ? { type: 7, ip: '127.0.0.1' } : { type: 2, value: hostName }] },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** An HTTPS server on a free loopback port for the length of a test, in front of a plain one or with a listener of its own; resolves to its URL. */
export async function serveTls(t: Scope, upstream: string | RequestListener, options: ServerOptions): Promise<string> {
  const server = createServer(options, typeof upstream === 'string' ? (request, response) => forward(upstream, request, response) : upstream);
  server.on('tlsClientError', () => {});
  t.after(() => server.closeAllConnections());
  return `https://127.0.0.1:${await portOf(t, server)}`;
}

/** A proxy on a free loopback port, and what it was asked for. */
export interface Proxy {
  readonly url: string;
  /** Each request line and its headers. */
  readonly asked: string[];
  /** What stands in the subjects of the client certificates that it was shown. */
  readonly shown: string[];
}

/** A proxy that opens ways with CONNECT, or answers with a status of its own; over TLS if it has a certificate. */
export async function serveProxy(t: Scope, refusal?: number, tls?: ServerOptions): Promise<Proxy> {
  const asked: string[] = [];
  const shown: string[] = [];
  const sockets = new Set<Socket>();
  const refuse: RequestListener = (_, response) => void response.writeHead(400).end();
  const server = tls ? createServer(tls, refuse).on('tlsClientError', () => {}).on('secureConnection', (socket) => void shown.push(...Object.keys(socket.getPeerCertificate().subject ?? {}))) : createHttpServer(refuse);
  server.on('connect', (request: IncomingMessage, near: Socket) => {
    asked.push(`${request.method} ${request.url} ${request.rawHeaders.join(' ')}`);
    sockets.add(near.on('error', () => {}));
    if (refusal !== undefined) {
      near.end(`HTTP/1.1 ${refusal} No\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nno`);
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const far = connect(Number(port), hostname, () => {
      near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      near.pipe(far).pipe(near);
    });
    sockets.add(far.on('error', () => near.destroy()));
  });
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${await portOf(t, server)}`, asked, shown };
}

async function portOf(t: Scope, server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}
