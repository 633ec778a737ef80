import { setMaxListeners } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { rootCertificates } from 'node:tls';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { bytes, rawHeaders, type Answer, type Failure, type Header, type Request } from './exchange.ts';
import { Deadline } from './deadline.ts';
import { failureOf, NoAnswer, ProxyRefused, TooLarge } from './failure.ts';
import { deepestNesting, isNestedTooDeep } from './nesting.ts';
import type { Settings } from '../settings/settings.ts';

/** What one attempt at a request came to: exactly one of answer and failure is there. */
export interface Attempt {
  readonly answer?: Answer;
  readonly failure?: Failure;
  /** The connection was closed without a byte of answer, after it had carried another: it had gone stale. */
  readonly stale?: boolean;
  readonly startedAt: Date;
  readonly durationMs: number;
}

/** The one place that opens connections to the target. */
export interface Target {
  /**
   * Sends the request as given, adding nothing but Host and the framing of the body. Never throws, never redirects.
   *
   * @param anew over a connection of its own, which cannot have gone stale
   */
  send(url: URL, request: Request, headers: readonly Header[], anew?: boolean): Promise<Attempt>;
  /** Abandons what is still under way. */
  close(): void;
}

/** An answer with more headers is not read: each takes more memory than its few bytes, and no server sends as many. */
const mostHeaders = 1000;

/** A target that sends more informational answers (1xx) before the answer itself is not waited for: servers send one or two. */
const mostInformational = 100;

/** Opens no connection yet. The proxy is used for an https target, and verified as the target is. */
export function connect({ timeoutMs, maxResponseBytes, trust, proxy }: Settings): Target {
  // Said outright, so that no variable of Node's own turns it off.
  const verified = { rejectUnauthorized: true, ...(trust.ca !== undefined && { ca: [...rootCertificates, trust.ca] }) };
  const tls = { ...trust, ...verified };
  const over = new AbortController();
  // Every connection to a proxy listens.
  setMaxListeners(0, over.signal);
  // The client certificate is for the target alone. The password is in a header, since the agent prints URLs where DEBUG is set.
  const toProxy = { ...verified, signal: over.signal, ...(proxy?.authorization !== undefined && { headers: { 'Proxy-Authorization': proxy.authorization } }) };
  const secureAgent = (keepAlive: boolean) =>
    proxy ? new HttpsProxyAgent(proxy.url, { keepAlive, ...toProxy }) : new https.Agent({ keepAlive });
  const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': secureAgent(true) };
  const underWay = new Set<Deadline>();
  const agentAnew = (protocol: string) => (protocol === 'https:' ? secureAgent(false) : new http.Agent());

  const send = async (url: URL, request: Request, headers: readonly Header[], anew = false): Promise<Attempt> => {
    const startedAt = new Date();
    const start = performance.now();
    const took = () => ({ startedAt, durationMs: Math.round((performance.now() - start) * 10) / 10 });
    const deadline = new Deadline(timeoutMs);
    underWay.add(deadline);
    let outgoing: http.ClientRequest | undefined;
    let answered = false;
    let tunnelled = false;
    const exchange = async (): Promise<Answer> => {
      const client = url.protocol === 'https:' ? https : http;
      const body = request.body === undefined ? undefined : bytes(request);
      outgoing = client.request(url, {
        agent: anew ? agentAnew(url.protocol) : agents[url.protocol as keyof typeof agents],
        ...tls,
        method: request.method,
        headers: [['Host', url.host], ...headers, ...framing(request.method, body)].flat(),
        signal: deadline.signal,
      });
      // A proxy's refusal would else be taken for the target's answer.
      outgoing.on('proxyConnect', ({ statusCode }: { statusCode: number }) => {
        tunnelled = statusCode === 200;
        if (!tunnelled) outgoing?.destroy(new ProxyRefused(statusCode));
      });
      const incoming = await finalAnswer(outgoing, body);
      answered = true;
      return readAnswer(incoming, request.method, maxResponseBytes, deadline.signal);
    };
    try {
      return { answer: await deadline.race(exchange()), ...took() };
    } catch (error) {
      outgoing?.destroy();
      const reused = outgoing?.reusedSocket === true;
      const atProxy = proxy && url.protocol === 'https:' && !tunnelled && !reused;
      const failure = failureOf(error, {
        timeoutMs,
        timedOut: deadline.timedOut,
        abandoned: deadline.signal.aborted,
        answered,
        proxy: atProxy ? new URL(proxy.url).host : undefined,
      });
      return { failure, stale: failure.kind === 'reset' && reused && !answered, ...took() };
    } finally {
      deadline.clear();
      underWay.delete(deadline);
    }
  };
  const close = () => {
    for (const deadline of underWay) deadline.abandon();
    for (const agent of Object.values(agents)) agent.destroy();
    // Destroys the connections to a proxy that has not answered: no agent knows them yet.
    over.abort();
  };
  return { send, close };
}

/** Sends a request. Resolves to its answer when the headers are there; rejects on everything that comes in place of one. */
function finalAnswer(outgoing: http.ClientRequest, body: Buffer | undefined): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    let informational = 0;
    const switched = ({ statusCode }: http.IncomingMessage, socket: Duplex) => {
      // The agent has given the connection away, so that nothing else closes it.
      socket.destroy();
      reject(new NoAnswer('malformed', `the target switched to another protocol (${statusCode}), which the request does not ask for`));
    };
    outgoing
      .on('response', (incoming) => (incoming.statusCode === 101 ? switched(incoming, incoming.socket) : resolve(incoming)))
      .on('upgrade', switched)
      .on('information', () => {
        if (++informational > mostInformational) reject(new NoAnswer('malformed', `more than ${mostInformational} informational answers (1xx) came before an answer`));
      })
      .on('error', reject)
      // After an answer or an error, it changes nothing.
      .on('close', () => reject(new NoAnswer('reset', 'the connection was closed without an answer')))
      .end(body);
  });
}

// RFC 9110, section 8.6: a method that expects content gets a Content-Length even where there is none.
function framing(method: string, body: Buffer | undefined): Header[] {
  if (body === undefined && !['POST', 'PUT', 'PATCH'].includes(method)) return [];
  return [['Content-Length', String(body?.length ?? 0)]];
}

async function readAnswer(incoming: http.IncomingMessage, method: string, most: number, signal: AbortSignal): Promise<Answer> {
  const status = incoming.statusCode ?? 0;
  const headers = rawHeaders(incoming);
  if (headers.length > mostHeaders) throw new TooLarge(`the answer has more than ${mostHeaders} headers`);
  const bodyless = method === 'HEAD' || status === 204 || status === 304;
  const body = await readBody(incoming, bodyless ? [] : contentCodings(headers), most, signal);
  if (isNestedTooDeep(body)) throw new TooLarge(`the JSON of the answer is nested deeper than ${deepestNesting} levels`);
  return { status, headers, body: body.toString('base64') };
}

async function readBody(body: Readable, codings: readonly string[], most: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const tooLarge = () => new TooLarge(`the answer is larger than the ${most} bytes that OAUTH_MAX_RESPONSE_BYTES allows`);
  let size = 0;
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > most) throw tooLarge();
      chunks.push(chunk);
    }
  };
  const decoders = codings.toReversed().flatMap(decoder);
  const stages = [body, ...decoders, collect, { signal }] as unknown as [Readable, typeof collect];
  try {
    await pipeline<Readable, typeof collect>(...stages);
  } catch (error) {
    // A stage that is torn down may complain before the one that tore it down.
    throw size > most ? tooLarge() : error;
  }
  return Buffer.concat(chunks);
}

function contentCodings(headers: readonly Header[]): string[] {
  return headers
    .filter(([name]) => name.toLowerCase() === 'content-encoding')
    .flatMap(([, value]) => value.toLowerCase().split(',').map((coding) => coding.trim()));
}

// A coding that is not known is left as it is: what the body holds is then judged as received.
function decoder(coding: string): NodeJS.ReadWriteStream[] {
  if (coding === 'gzip' || coding === 'x-gzip') return [createGunzip()];
  if (coding === 'deflate') return [createInflate()];
  if (coding === 'br') return [createBrotliDecompress()];
  return [];
}
