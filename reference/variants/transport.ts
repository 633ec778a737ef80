import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { App } from '../app.ts';
import type { Variant } from '../deviation.ts';
import { editAnswer, withHeaders } from '../edits.ts';

/** A wrapper that compresses bodies by each coding in turn, whatever the request accepts (RFC 9110 12.5.3). */
function compressed(codings: Readonly<Record<string, (body: Buffer) => Buffer>>): (app: App) => App {
  const list = Object.entries(codings);
  return (app) => {
    let count = 0;
    return async (request) => {
      const response = await app(request);
      const [coding, compress] = list[count++ % list.length] as (typeof list)[number];
      const headers = new Headers(response.headers);
      headers.set('content-encoding', coding);
      const body = Buffer.from(await response.arrayBuffer());
      return new Response(request.method === 'HEAD' ? null : new Uint8Array(compress(body)), { status: response.status, headers });
    };
  };
}

type Lines = readonly (readonly [name: string, value: string])[];

/** Acts on the header lines just before they are written. */
function headerLines(edit: (lines: Lines) => Lines): NonNullable<Variant['socket']> {
  return (_, response) => {
    const writeHead = response.writeHead.bind(response) as (status: number, lines: string[]) => ServerResponse;
    response.writeHead = ((status: number, headers: Readonly<Record<string, string | number>> = {}) => {
      const lines = edit(Object.entries(headers).map(([name, value]) => [name, String(value)] as const));
      return writeHead(status, lines.flat());
    }) as ServerResponse['writeHead'];
  };
}

const answersOn = new WeakMap<Socket, number>();

/** Calls back for each fifth answer on a connection. */
function atEachFifth(act: (response: ServerResponse, socket: Socket) => void): NonNullable<Variant['socket']> {
  return ({ socket }, response) => {
    const count = (answersOn.get(socket) ?? 0) + 1;
    answersOn.set(socket, count);
    if (count % 5 === 0) act(response, socket);
  };
}

/** `cONTENT-tYPE`. */
function oddCase(name: string): string {
  return name.replace(/\w+/g, (word) => word.charAt(0).toLowerCase() + word.slice(1).toUpperCase());
}

/** How answers travel. */
export const transport: readonly Variant[] = [
  {
    name: 'gzip',
    summary: 'Every body is compressed with gzip, also where nobody said that it is accepted.',
    wrap: compressed({ gzip: gzipSync }),
  },
  {
    name: 'other-codings',
    summary: 'Bodies are compressed with deflate, Brotli, gzip by its old name, and twice, in turn; some are said to be not.',
    wrap: compressed({
      'deflate': deflateSync,
      'br': brotliCompressSync,
      'X-GZip': gzipSync,
      'deflate, gzip': (body) => gzipSync(deflateSync(body)),
      'identity': (body) => body,
    }),
  },
  {
    name: 'connections-closed',
    summary: 'Every answer closes its connection.',
    wrap: withHeaders({ connection: 'close' }),
  },
  {
    name: 'each-fifth-connection-closed',
    summary: 'Each fifth answer closes its connection.',
    socket: atEachFifth((response) => response.setHeader('connection', 'close')),
  },
  {
    name: 'kept-connections-closed-unannounced',
    summary: 'A kept-alive connection is closed after each fifth answer, without a word.',
    socket: atEachFifth((response, socket) => response.once('finish', () => setImmediate(() => socket.destroySoon()))),
  },
  {
    name: 'kept-connections-reset-by-the-next-request',
    summary: 'A kept-alive connection is reset when the sixth request arrives on it.',
    socket: ({ socket }, response) => {
      const count = (answersOn.get(socket) ?? 0) + 1;
      answersOn.set(socket, count);
      // The request is not looked at: nothing has come of it.
      if (count > 5) {
        response.writeHead = () => response;
        socket.resetAndDestroy();
      }
    },
  },
  {
    name: 'header-names-in-odd-case',
    summary: 'Names of headers are in odd case.',
    socket: headerLines((lines) => lines.map(([name, value]) => [oddCase(name), value])),
  },
  {
    name: 'repeated-headers',
    summary: 'Headers that are lists come in several lines.',
    socket: headerLines((lines) => [
      ...lines.flatMap(([name, value]): Lines => {
        if (name.toLowerCase() === 'cache-control') return [[name, 'private, max-age=0'], [name, value]];
        return name.toLowerCase() === 'www-authenticate' ? [[name, 'Negotiate'], [name, value]] : [[name, value]];
      }),
      ['Vary', 'Accept'],
      ['Vary', 'Authorization'],
      ['Set-Cookie', 'session=1; Path=/; HttpOnly'],
      ['Set-Cookie', 'route=b'],
    ]),
  },
  {
    name: 'more-headers',
    summary: 'Every answer has the headers of gateways, caches and browsers, and an ETag of its own.',
    wrap: (app) => {
      let last = 0;
      return editAnswer(() => ({
        headers: {
          'age': '0',
          'etag': `W/"${++last}"`,
          'last-modified': new Date(1_700_000_000_000 + last * 1000).toUTCString(),
          'vary': 'Origin, Accept, Authorization',
          'x-request-id': '5f0c',
          'x-ratelimit-remaining': '29',
          'access-control-allow-origin': '*',
          'strict-transport-security': 'max-age=31536000',
          'set-cookie': 'session=1; Path=/; HttpOnly; Secure',
          'server': 'nginx/1.25.3',
          'x-powered-by': 'Express',
          'via': '1.1 gateway',
        },
      }))(app);
    },
  },
  {
    name: 'values-in-capitals',
    summary: 'The media type is written Application/Vnd.Api+Json, with a semicolon that ends it, and caching is forbidden in many words.',
    wrap: withHeaders({
      'content-type': 'Application/Vnd.Api+Json;',
      'cache-control': 'No-Cache, No-Store, Must-Revalidate,max-age=0',
      'pragma': 'No-Cache',
    }),
  },
  {
    name: 'bare-status-lines',
    summary: 'The status line has no reason phrase, and an interim answer comes ahead of it.',
    socket: (_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
      const writeHead = response.writeHead.bind(response) as (status: number, reason: string, headers?: object) => ServerResponse;
      response.writeHead = ((status: number, headers?: object) => writeHead(status, '', headers)) as ServerResponse['writeHead'];
    },
  },
];
