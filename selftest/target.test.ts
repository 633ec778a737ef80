import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { bytes, type Header, type Request } from '../kit/target/exchange.ts';
import { connect, type Attempt } from '../kit/target/target.ts';
import { bodyOf, deadUrl, serve, serveTcp, settingsFor } from './support/servers.ts';

const maxResponseBytes = 100_000;

/** Sends one request to a URL. */
async function send(url: string, request: Partial<Request> = {}, headers: readonly Header[] = [], timeoutMs = 5000): Promise<Attempt> {
  const target = connect(settingsFor(url, { timeoutMs, maxResponseBytes }));
  try {
    return await target.send(new URL(url), { method: 'GET', path: '', headers: [], ...request }, headers);
  } finally {
    target.close();
  }
}

test('a request is sent as given: its headers in order and case, nothing added but Host and framing', async (t) => {
  let [rawHeaders, body]: [string[], string] = [[], ''];
  const url = await serve(t, (request, response) => {
    ({ rawHeaders } = request);
    void bodyOf(request).then((received) => {
      body = received.toString();
      response.end();
    });
  });
  const given: Header[] = [['X-Second', 'b'], ['x-First', 'a'], ['X-Empty', '']];
  await send(url, { method: 'POST', body: Buffer.from('{"a":').toString('base64') }, given);
  const names = rawHeaders.filter((_, i) => i % 2 === 0);
  assert.deepEqual(names, ['Host', 'X-Second', 'x-First', 'X-Empty', 'Content-Length', 'Connection']);
  assert.equal(rawHeaders[rawHeaders.indexOf('X-Empty') + 1], '');
  assert.equal(body, '{"a":');
});

for (const method of ['POST', 'PUT', 'PATCH']) {
  test(`a ${method} without a body has a Content-Length of 0`, async (t) => {
    let length: string | undefined;
    const url = await serve(t, (request, response) => {
      length = request.headers['content-length'];
      response.end();
    });
    await send(url, { method });
    assert.equal(length, '0');
  });
}

test('a DELETE with a body is framed', async (t) => {
  let body = '';
  const url = await serve(t, (request, response) => {
    void bodyOf(request).then((received) => {
      body = received.toString();
      response.end();
    });
  });
  await send(url, { method: 'DELETE', body: Buffer.from('abc').toString('base64') });
  assert.equal(body, 'abc');
});

test('an answer keeps its status, its headers in order and case, and its bytes', async (t) => {
  const url = await serve(t, (_, response) => {
    response.sendDate = false;
    response.writeHead(418, ['X-b', '1', 'x-B', '2', 'Content-Type', 'text/plain']);
    response.end(Buffer.from([0, 255, 10]));
  });
  const { answer } = await send(url);
  assert.equal(answer?.status, 418);
  assert.deepEqual(answer?.headers.slice(0, 3), [['X-b', '1'], ['x-B', '2'], ['Content-Type', 'text/plain']]);
  assert.deepEqual([...bytes(answer ?? {})], [0, 255, 10]);
});

test('a redirect is an answer, and is not followed', async (t) => {
  let requests = 0;
  const url = await serve(t, (_, response) => {
    requests++;
    response.writeHead(307, { Location: '/elsewhere' }).end();
  });
  assert.equal((await send(url)).answer?.status, 307);
  assert.equal(requests, 1);
});

for (const [coding, encode] of [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const) {
  test(`a body in ${coding} is decoded`, async (t) => {
    const url = await serve(t, (_, response) => response.writeHead(200, { 'Content-Encoding': coding }).end(encode('plain text')));
    assert.equal(bytes((await send(url)).answer ?? {}).toString(), 'plain text');
  });
}

test('a HEAD answer that announces a coding and a length has no body', async (t) => {
  const url = await serve(t, (_, response) => response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': 99 }).end());
  assert.equal((await send(url, { method: 'HEAD' })).answer?.body, '');
});

test('an answer is read up to the limit, which counts after decompression', async (t) => {
  const whole = await serve(t, (_, response) => void response.end(Buffer.alloc(maxResponseBytes)));
  const large = await serve(t, (_, response) => void response.end(Buffer.alloc(maxResponseBytes + 1)));
  const bomb = await serve(t, (_, response) =>
    response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(maxResponseBytes * 8))),
  );
  assert.equal(bytes((await send(whole)).answer ?? {}).length, maxResponseBytes);
  assert.equal((await send(large)).failure?.kind, 'too large');
  assert.equal((await send(bomb)).failure?.kind, 'too large');
});

test('what is no answer is a failure that says what happened, and never what was sent', async (t) => {
  const secret: Header[] = [['Authorization', 'Bearer canary']];
  const failures = {
    refused: send(await deadUrl(), {}, secret),
    dns: send('http://no-such-host.invalid', {}, secret),
    reset: send(await serveTcp(t, (socket) => socket.once('data', () => socket.resetAndDestroy())), {}, secret),
    malformed: send(await serveTcp(t, (socket) => socket.end('canary is no HTTP\r\n\r\n')), {}, secret),
    timeout: send(await serve(t, () => {}), {}, secret, 100),
  };
  for (const [kind, attempt] of Object.entries(failures)) {
    const { failure, answer } = await attempt;
    assert.equal(failure?.kind, kind);
    assert.equal(answer, undefined);
    assert.doesNotMatch(failure.message, /canary/);
  }
});

test('half an answer is a failure', async (t) => {
  const url = await serveTcp(t, (socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'));
  });
  assert.equal((await send(url)).failure?.kind, 'reset');
});

test('the deadline covers the last byte of a body that drips', async (t) => {
  const url = await serve(t, (_, response) => {
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  });
  const { failure } = await send(url, {}, [], 150);
  assert.equal(failure?.kind, 'timeout');
  assert.match(failure.message, /150 ms/);
});

test('a connection to plain HTTP that should speak TLS is a TLS failure', async (t) => {
  const url = await serve(t, (_, response) => void response.end());
  assert.equal((await send(url.replace('http:', 'https:'))).failure?.kind, 'tls');
});
