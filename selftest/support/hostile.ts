import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Passed } from './servers.ts';

/** What hostile servers do with a request, whatever it is. */

/** Writes bytes of its own choosing in place of an answer. */
function raw(write: (socket: Socket) => void): RequestListener {
  return (_, { socket }) => void (socket && write(socket.on('error', () => {})));
}

/** Writes again and again, as fast as it is read or once in a while, until the other side has had enough. */
function endlessly(to: Writable, write: () => boolean, everyMs?: number): void {
  if (everyMs !== undefined) {
    const timer = setInterval(write, everyMs);
    return void to.on('close', () => clearInterval(timer));
  }
  const fill = () => {
    while (!to.destroyed && write());
  };
  to.on('drain', fill).on('error', () => {});
  fill();
}

const json = { 'Content-Type': 'application/vnd.api+json' };
const mebibyte = Buffer.alloc(1024 * 1024, ' ');
const member = gzipSync(mebibyte);
/** A gibibyte, as gzip has it: as many members as one likes, one behind the other. */
const bomb = Buffer.concat(Array.from({ length: 1024 }, () => member));
export const levels = 200_000;
const deep = Buffer.from('['.repeat(levels) + ']'.repeat(levels));

export const blackHole: RequestListener = () => {};
export const reset: RequestListener = raw((socket) => socket.resetAndDestroy());
export const half: RequestListener = raw((socket) => socket.end('HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"data":'));
export const garbage: RequestListener = raw((socket) => socket.end('220 mail.example.com ESMTP\r\n250 at your service\r\n'));
export const endlessHeaders: RequestListener = (_, response) => {
  const { socket } = response;
  socket?.on('error', () => {}).write('HTTP/1.1 201 Created\r\n');
  endlessly(response, () => socket?.write('X-More: of the same\r\n') ?? false, 1);
};
const protocolSwitch = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
export const switching: RequestListener = raw((socket) => socket.write(protocolSwitch));
export const switchingToNothing: RequestListener = raw((socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
const informational = [100, 102, 103].map((status) => `HTTP/1.1 ${status} Not yet\r\n\r\n`).join('').repeat(50);
export const endlessInformational: RequestListener = raw((socket) => endlessly(socket, () => socket.write(informational)));
export const slowInformational: RequestListener = raw((socket) => endlessly(socket, () => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 200));
const chunked = 'HTTP/1.1 201 Created\r\nContent-Type: application/vnd.api+json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n';
export const slowTrailers: RequestListener = raw((socket) => {
  socket.write(`${chunked}0\r\n`);
  endlessly(socket, () => socket.write('X-More: of the same\r\n'), 200);
});
export const endlessTrailers: RequestListener = raw((socket) => {
  socket.write(`${chunked}0\r\n`);
  endlessly(socket, () => socket.write('X-More: of the same\r\n'.repeat(100)));
});
export const endlessChunkExtension: RequestListener = raw((socket) => {
  socket.write(`${chunked}2;`);
  endlessly(socket, () => socket.write('and=more;'.repeat(100)));
});
/** A body that ends with the connection, which does not end. */
export const halfOpen: RequestListener = raw((socket) => socket.write('HTTP/1.1 201 Created\r\nContent-Type: application/vnd.api+json\r\n\r\n{"data":{}}'));
export const drip: RequestListener = (_, response) => {
  response.writeHead(201, json);
  endlessly(response, () => response.write(' '), 100);
};
export const endlessBody: RequestListener = (_, response) => {
  response.writeHead(201, json);
  endlessly(response, () => response.write(mebibyte));
};
export const gzipBomb: RequestListener = (_, response) =>
  void response.on('error', () => {}).writeHead(201, { ...json, 'Content-Encoding': 'gzip' }).end(bomb);
export const deepJson: RequestListener = (_, response) => void response.writeHead(201, json).end(deep);
export const invalidUtf8: RequestListener = (_, response) =>
  void response.writeHead(201, json).end(Buffer.from('{"data":"caf\xe9"}', 'latin1'));
export const manyHeaders: RequestListener = (_, response) =>
  void response.writeHead(201, Object.fromEntries(Array.from({ length: 2000 }, (__, i) => [`X-Header-${i}`, 'of many']))).end('{}');
export const captivePortal: RequestListener = (_, response) =>
  void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Welcome to the Wi-Fi</h1>');
export const unavailable: RequestListener = (_, response) => void response.writeHead(503, { 'Content-Type': 'text/html' }).end('<h1>Back soon</h1>');
export const redirectLoop: RequestListener = ({ url }, response) => void response.writeHead(307, { Location: url }).end();
export const redirectTo =
  (location: string): RequestListener =>
  (_, response) =>
    void response.writeHead(307, { Location: location }).end();

/** Lets each request be answered by another listener, so late that it still is an answer. */
export const after =
  (milliseconds: number, then: RequestListener): RequestListener =>
  (request, response) => {
    const timer = setTimeout(() => then(request, response), milliseconds);
    response.on('close', () => clearTimeout(timer));
  };
/** Lets every other request come again after 10 s, and the others be answered by another listener. */
export const notAtFirst = (then: RequestListener): RequestListener => {
  let asked = 0;
  return (request, response) => {
    if (asked++ % 2 === 0) response.writeHead(429, { 'Retry-After': '10' }).end();
    else then(request, response);
  };
};

/** What hostile proxies and TLS servers do with a connection. */

/** Accepts, and says nothing. */
export const silent = (_: Socket): void => {};
/** Opens the way, after which nothing answers. */
export const openWayToNothing = (socket: Socket): void => void socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
export const endlessConnectHeaders = (socket: Socket): void => {
  socket.write('HTTP/1.1 200 Connection Established\r\n');
  endlessly(socket, () => socket.write('X-More: of the same\r\n'), 1);
};
export const connectSwitching = (socket: Socket): void => void socket.write(protocolSwitch);

/** Changes of an answer that is otherwise that of a conforming server. */

/** A further member in front of those of a JSON object; no-op for what is no JSON object. */
const withMember =
  (more: string | Buffer) =>
  (passed: Passed): void => {
    if (passed.body[0] !== '{'.charCodeAt(0)) return;
    passed.body = Buffer.concat([Buffer.from('{'), Buffer.from(more as string), Buffer.from(','), passed.body.subarray(1)]);
  };
export const withDeepMember = withMember(Buffer.concat([Buffer.from('"deep":'), deep]));
export const withLargeMember = (size: number) => withMember(`"bio":"${'x'.repeat(size)}"`);
export const withProto = withMember('"__proto__":{"data":null,"polluted":true},"constructor":{"prototype":{"polluted":true}}');
export const withInvalidUtf8 = withMember(Buffer.from('"name":"caf\xe9"', 'latin1'));
/** Groups that go on and on: each page has one that no other has, and leads to a further page. */
export const withEndlessPages = (passed: Passed, asked: string): void => {
  const [path = ''] = asked.split('?');
  const document = JSON.parse(passed.body.toString() || '{}') as { data?: { id: string }[] };
  const group = path.endsWith('/groups') ? document.data?.[0] : undefined;
  if (!group) return;
  const page = Number(/page=(\d+)/.exec(asked)?.[1] ?? 1);
  const data = [JSON.parse(JSON.stringify(group).replaceAll(group.id, `${group.id}${page}`))];
  passed.body = Buffer.from(JSON.stringify({ ...document, data, links: { next: `${path}?page=${page + 1}` } }));
};
/** A name of so many characters for the first group and for the organization, wherever they stand. */
export const withLongNames =
  (length: number) =>
  (passed: Passed): void => {
    const long = (type: string) => `${type} ${'of a long name '.repeat(length / 15)}`;
    const renamed = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const { type, attributes } = value as { type?: string; attributes?: { name?: string } };
      if ((type === 'group' || type === 'organization') && attributes?.name !== undefined) attributes.name = long(type);
      // One group alone: each answer is kept until the end of the run.
      if (Array.isArray(value)) renamed(value[0]);
      else Object.values(value).forEach(renamed);
    };
    if (passed.body[0] !== '{'.charCodeAt(0)) return;
    const document = JSON.parse(passed.body.toString()) as unknown;
    renamed(document);
    passed.body = Buffer.from(JSON.stringify(document));
  };
/** So many further headers, which all fit into the 16 KiB that are read of them. */
export const withHeaders =
  (count: number) =>
  ({ headers }: Passed): void => {
    for (let i = 0; i < count; i++) headers.push('X', '');
  };
