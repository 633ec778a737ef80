import { setTimeout as pause } from 'node:timers/promises';
import type { App } from '../app.ts';
import type { Variant } from '../deviation.ts';
import { operationOf } from '../edits.ts';

/** A wrapper that answers some requests by itself, before they reach the API. */
function gateway(answer: () => () => Response | undefined): (app: App) => App {
  return (app) => {
    const own = answer();
    return (request) => own() ?? app(request);
  };
}

/** Counts in windows of a second: true once more than so many have come in the current one. */
function rateLimit(most: number): () => boolean {
  let window = 0;
  let count = 0;
  return () => {
    const now = Math.floor(Date.now() / 1000);
    count = now === window ? count + 1 : 1;
    window = now;
    return count > most;
  };
}

const tooMany = (headers: Readonly<Record<string, string>>) => new Response('Too many requests', { status: 429, headers });

/** The date that `Retry-After` takes, at least a second from now; dates have no fractions. */
function inASecond(): string {
  return new Date(Math.ceil(Date.now() / 1000 + 1) * 1000).toUTCString();
}

/** Waits before each request is looked at. */
function latency(delay: (count: number) => number): (app: App) => App {
  return (app) => {
    let count = 0;
    return async (request) => {
      await pause(delay(++count));
      return app(request);
    };
  };
}

/** How long answers take, and when there is none. */
export const load: readonly Variant[] = [
  {
    name: 'latency-of-150-ms',
    summary: 'Every answer takes 150 ms.',
    wrap: latency(() => 150),
  },
  {
    name: 'slow-first-answer',
    summary: 'The first answers take 300 ms, as after a cold start.',
    wrap: latency((count) => (count <= 2 ? 300 : 0)),
  },
  {
    name: 'thirty-requests-a-second',
    summary: 'More than 30 requests in a second are answered 429 with Retry-After, a number and a date in turn.',
    wrap: gateway(() => {
      const exceeded = rateLimit(30);
      let refused = 0;
      return () => (exceeded() ? tooMany({ 'retry-after': ++refused % 2 === 0 ? '1' : inASecond() }) : undefined);
    }),
  },
  {
    name: 'a-hundred-requests-a-second-without-retry-after',
    summary: 'More than 100 requests in a second are answered 429 without Retry-After.',
    wrap: gateway(() => {
      const exceeded = rateLimit(100);
      return () => (exceeded() ? tooMany({}) : undefined);
    }),
  },
  {
    name: 'refused-logins-slowed-down',
    summary: 'After ten refused logins in a second all logins are answered 429 with Retry-After: 1; nobody is locked out.',
    wrap: (app) => {
      let refused: number[] = [];
      return async (request) => {
        if (operationOf(request) !== 'createToken') return app(request);
        refused = refused.filter((at) => at > Date.now() - 1000);
        if (refused.length >= 10) return tooMany({ 'retry-after': '1' });
        const response = await app(request);
        if (response.status === 401) refused.push(Date.now());
        return response;
      };
    },
  },
  {
    name: 'briefly-unavailable',
    summary: 'The first two requests and each fiftieth one are answered 503 with Retry-After: 1.',
    wrap: gateway(() => {
      let count = 0;
      return () => {
        const unavailable = ++count <= 2 || count % 50 === 0;
        return unavailable ? new Response('Service Unavailable', { status: 503, headers: { 'retry-after': '1' } }) : undefined;
      };
    }),
  },
  {
    name: 'a-bad-gateway-now-and-then',
    summary: 'Each fortieth request is answered 502 or 504, with a page of the gateway.',
    wrap: gateway(() => {
      let count = 0;
      return () =>
        ++count % 40 === 0
          ? new Response('<html><h1>Bad Gateway</h1></html>', { status: count % 80 === 0 ? 504 : 502, headers: { 'content-type': 'text/html' } })
          : undefined;
    }),
  },
];
