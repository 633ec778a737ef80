import type { Shown } from '../../kit/reports/conformance.ts';
import type { Answer, Exchange, Header, Request } from '../../kit/target/exchange.ts';

/** A body as an exchange holds it: text as it is, anything else as JSON. */
export function body(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
}

/** A text of a test's own, as a result may hold it. */
export function shown(text: string): Shown {
  return text as Shown;
}

/** An answer with a document, which its media type says to be JSON:API where nothing else is given. */
export function answer(status: number, document: unknown, headers: readonly Header[] = [['Content-Type', 'application/vnd.api+json']]): Answer {
  return { status, headers, body: body(document) };
}

/** An exchange as the gateway records it: a createToken request that was sent once, and what is given of it. */
export function exchange(given: Partial<Omit<Exchange, 'request'>> & { readonly request?: Partial<Request> }): Exchange {
  return {
    id: 1,
    sentBy: { requirement: 'CT-101', case: 'nested' },
    url: 'https://example.com/oauth/token',
    earlier: [],
    startedAt: new Date(0).toISOString(),
    durationMs: 1,
    ...given,
    request: { method: 'POST', path: 'oauth/token', headers: [], ...given.request },
  };
}
