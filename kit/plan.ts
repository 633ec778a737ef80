import { groupBy } from './group.ts';
import { header, type Request } from './target/exchange.ts';
import { clientsNamed, objectsSent, refusedLogins } from './judging/logins.ts';
import { nightlyLimits } from './settings/profiles.ts';
import type { Run } from './target/run.ts';
import type { Settings } from './settings/settings.ts';

/** Requests that differ in nothing but ids, tokens and values. */
export interface PlannedRequest {
  readonly method: string;
  /** With `{id}` in place of a token's id. */
  readonly path: string;
  /** As it is sent; undefined for none. */
  readonly contentType: string | undefined;
  readonly body: 'nested' | 'flat' | 'other' | 'none';
  readonly times: number;
}

/** What a run sends. */
export interface Plan {
  readonly requests: readonly PlannedRequest[];
  readonly total: number;
  readonly tokensCreated: number;
  /** Of the first client, of the second, and of those that do not exist. */
  readonly refusedLogins: readonly [first: number, second: number, unknown: number];
}

/** What a run has sent, by kind, in the order in which each kind came first. */
export function planOf({ exchanges, requestsSent, tokensCreated, settings }: Run): Plan {
  const kinds = groupBy(exchanges.map(({ request }) => kindOf(request)), (kind) => JSON.stringify(kind));
  const { client, otherClient } = settings;
  const known = [client.id, otherClient?.id];
  const unknown = new Set(exchanges.flatMap(({ request }) => clientsNamed(request)).filter((id) => !known.includes(id)));
  const of = (ids: readonly string[]) => ids.reduce((sum, id) => sum + refusedLogins(exchanges, id), 0);
  return {
    requests: [...kinds.values()].map((group) => ({ ...group[0], times: group.length })),
    total: requestsSent,
    tokensCreated,
    refusedLogins: [of([client.id]), otherClient ? of([otherClient.id]) : 0, of([...unknown])],
  };
}

function kindOf(request: Request): Omit<PlannedRequest, 'times'> {
  return {
    method: request.method,
    path: request.path.replace(/^(oauth\/token\/)[^/?]+/, '$1{id}').replace(/((?:access_token|client_id|client_secret)=)[^&]*/g, '$1…'),
    contentType: header(request, 'content-type'),
    body: bodyOf(request),
  };
}

function bodyOf(request: Request): PlannedRequest['body'] {
  if (request.body === undefined) return 'none';
  const [document] = objectsSent(request);
  if (document === undefined || Array.isArray(document)) return 'other';
  return Object.hasOwn(document, 'data') ? 'nested' : 'flat';
}

/** A plan for people. @param settings those of the run: what it may send at most, and how fast */
export function planText({ requests, total, tokensCreated, refusedLogins: refused }: Plan, settings: Settings): string {
  const { profile, maxRequests, maxRps, maxDurationS, otherClient } = settings;
  const nightly = profile === 'nightly';
  const atLeastS = maxRps === undefined ? 0 : Math.ceil((total - 1) / maxRps);
  const rows = requests.map(({ times, method, path, contentType, body }) => [String(times), method, path, contentType ?? '-', body]);
  const limit = (most: number | string) => (nightly ? ` (at most ${most})` : '');
  return [
    `What a ${profile} run sends to a target that conforms, with ${otherClient ? 'two clients' : 'one client'}:`,
    '',
    ...table([['times', 'method', 'path', 'content type', 'body'], ...rows]),
    '',
    `Requests:        ${total}, and one more off loopback (X-109: plain HTTP, with made-up credentials); at most ${maxRequests}, further pages of groups included`,
    `Tokens created:  ${tokensCreated}${limit(nightlyLimits.tokensCreated)}`,
    `Refused logins:  ${refused[0]} of the first client, ${refused[1]} of the second, ${refused[2]} of clients that do not exist${limit(`${nightlyLimits.refusedLogins} each`)}`,
    `Duration:        ${maxRps === undefined ? 'as fast as the target answers: OAUTH_MAX_RPS is not set' : `at least ${atLeastS} s, at ${maxRps} requests a second`}; at most ${maxDurationS} s${atLeastS > maxDurationS ? ': raise OAUTH_MAX_DURATION_S, or what is left by then is blocked' : ''}`,
    '',
    nightly
      ? 'Nothing is asked a second time, whatever the answers are.'
      : 'A case that fails is asked once more, and what gets no verdict (429, 502, 503, 504, 511, 520 to 529) up to four times.',
    "This is what the kit's own reference server was sent just now; nothing was sent to any other.",
    '',
  ].join('\n');
}

/** Rows below each other, the first column to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd(),
  );
}
