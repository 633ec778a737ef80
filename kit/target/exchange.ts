/** A header as it stood on the wire: its name in the case it was written in, and its value. */
export type Header = readonly [name: string, value: string];

/** A request of a check, before the gateway adds `User-Agent` and the run id. */
export interface Request {
  readonly method: string;
  /** Relative to the base URL, without a leading slash, query included: `oauth/token?include=groups`. */
  readonly path: string;
  readonly headers: readonly Header[];
  /** The bytes to send, in base64; absent where the request has no body. */
  readonly body?: string;
}

/** What a target answered. */
export interface Answer {
  readonly status: number;
  /** In the order received; repeated names stay repeated. */
  readonly headers: readonly Header[];
  /** The bytes after decompression, in base64. */
  readonly body: string;
}

/** Why there is no answer to judge. */
export type FailureKind =
  | 'refused'
  | 'dns'
  | 'unreachable'
  | 'timeout'
  | 'reset'
  | 'tls'
  | 'proxy'
  | 'malformed'
  | 'too large'
  | 'abandoned'
  | 'not sent'
  | 'not asked';

/** A request that got no complete answer. The message names what happened, never what was sent. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
}

/** One request and what came of it. Plain data: a recorded exchange can be judged again. */
export interface Exchange {
  /** Position in the run, from 1. */
  readonly id: number;
  /** The requirement and the case whose check sent it first. */
  readonly sentBy: { readonly requirement: string; readonly case: string };
  /** It was sent although an equal request had been, and answers none but the one that asked. */
  readonly apart?: true;
  /** The URL the request went to. */
  readonly url: string;
  readonly request: Request;
  readonly answer?: Answer;
  readonly failure?: Failure;
  /** What came before: answers that are no verdict on the contract, and resets of a kept-alive connection. */
  readonly earlier: readonly (number | FailureKind)[];
  /** ISO 8601. */
  readonly startedAt: string;
  /** Of the last attempt, from its start to the last byte of its answer. */
  readonly durationMs: number;
}

/** When the answer to an exchange was complete, in milliseconds since 1970. */
export function endOf({ startedAt, durationMs }: Pick<Exchange, 'startedAt' | 'durationMs'>): number {
  return Date.parse(startedAt) + durationMs;
}

/** The bytes of a body. */
export function bytes(message: { readonly body?: string }): Buffer {
  return Buffer.from(message.body ?? '', 'base64');
}

/** The value of a header, repeated ones joined as RFC 9110, section 5.3 has it; undefined where absent. */
export function header(message: { readonly headers: readonly Header[] }, name: string): string | undefined {
  const values = message.headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return values.length > 0 ? values.join(', ') : undefined;
}

/** The headers of a message as they stood on the wire. */
export function rawHeaders(message: { readonly rawHeaders: readonly string[] }): Header[] {
  const headers: Header[] = [];
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    headers.push([message.rawHeaders[i] ?? '', message.rawHeaders[i + 1] ?? '']);
  }
  return headers;
}

/** Type and subtype of a `Content-Type`, in lower case and without parameters; undefined where absent. */
export function mediaType(message: { readonly headers: readonly Header[] }): string | undefined {
  return header(message, 'content-type')?.split(';')[0]?.trim().toLowerCase();
}

/**
 * Statuses that say nothing about the contract: too many requests, and the answers of a gateway or a proxy in front of
 * the API (502, 503, 504, 511, 520 to 529).
 */
export function isNoVerdict(status: number): boolean {
  return status === 429 || [502, 503, 504, 511].includes(status) || (status >= 520 && status <= 529);
}
