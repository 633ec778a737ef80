import pLimit from 'p-limit';
import { documented, jsonApiMediaType, type BodyShape } from '../contracts/documented.ts';
import type { RequirementId } from '../contracts/requirements/index.ts';
import { mediaType, type Exchange } from '../kit/target/exchange.ts';
import type { Send } from '../kit/judging/judge.ts';
import { now } from '../kit/judging/clock.ts';
import { clientsNamed, objectsSent } from '../kit/judging/logins.ts';
import { lookalike } from '../kit/judging/lookalike.ts';
import { expect, violationIn } from '../kit/judging/matchers.ts';
import { answered, Blocked, documentOf, elements, ifAsked, member, NotAsked, nameOf, Skipped, text, tokenOf, wellFormedJson, type Token } from '../kit/judging/premises.ts';
import {
  bearer,
  bodyShapes,
  clientCredentials,
  createToken,
  fetchSubResource,
  refreshToken,
  type CreateTokenOptions,
  type SubResource,
} from '../kit/judging/requests.ts';
import { violationsOf } from '../kit/judging/schema.ts';
import type { Client, Settings } from '../kit/settings/settings.ts';
import { withoutWords } from '../kit/judging/words.ts';

/** What the checks take for granted. Each function throws `Blocked`, with the requirement that takes the blame. */

/** The requirement of the plain request of each grant and body shape. */
export const plain = {
  nested: { client_credentials: 'CT-101', refresh_token: 'CT-601' },
  flat: { client_credentials: 'CT-301', refresh_token: 'CT-606' },
} as const satisfies Record<BodyShape, Record<string, RequirementId>>;

/** The requirements of each fetch: that it answers 200, and that the answer satisfies its schema. */
export const fetching = {
  groups: { prefix: 'TG', status: 'TG-101', schema: 'TG-102' },
  organization: { prefix: 'TO', status: 'TO-101', schema: 'TO-102' },
} as const;

/** A token, and the status of the answer that gave it: what a variation of the same request is compared with. */
export interface Grant extends Token {
  readonly status: number;
}

/** The grant in an answer, whatever its success status. */
export function grantOf(exchange: Exchange, by: RequirementId): Grant {
  const { status } = answered(exchange);
  const token = tokenOf(exchange);
  if (!token) throw new Blocked(`${nameOf(exchange)} got ${status} and no access token: see ${by}`, by);
  return { ...token, status };
}

/** A client_credentials grant in a body shape. */
export async function granted(send: Send, client: Client, shape: BodyShape): Promise<Grant> {
  const request = createToken({ shape, attributes: clientCredentials(client) });
  const grant = grantOf(await send(request), plain[shape].client_credentials);
  if (!isAged(grant) && !isSpent(grant)) return grant;
  const exchange = await ifAsked(() => send(request, { fresh: true }));
  return exchange ? grantOf(exchange, plain[shape].client_credentials) : grant;
}

/** When refresh tokens were used. A target may then withdraw them, and the access tokens that came with them. */
const spentAt = new Map<string, number>();

function isSpent({ refreshToken: token, exchange }: Token): boolean {
  const at = spentAt.get(token) ?? 0;
  return at >= Date.parse(exchange.startedAt) && at <= now();
}

/** The refresh token to be used up by a request, after which no check takes its token for granted. */
export function spend({ refreshToken: token }: Token): string {
  spentAt.set(token, now());
  return token;
}

/** The cases of a check one after another: a target may give a client the same token again, until it is refreshed. */
export function inTurn<Parameters extends unknown[], Result>(
  body: (...parameters: Parameters) => Promise<Result>,
): (...parameters: Parameters) => Promise<Result> {
  const limit = pLimit(1);
  return (...parameters) => limit(() => body(...parameters));
}

/** A createToken request with `include`, by client credentials. */
export function including(client: Client, shape: BodyShape, include: string) {
  return createToken({ shape, attributes: clientCredentials(client), query: `include=${include}` });
}

/** The requirement that a resource is included, by the body shape that asks. */
export function inclusion(shape: BodyShape, resource: SubResource): RequirementId {
  if (shape === 'flat') return 'CT-156';
  return resource === 'groups' ? 'CT-151' : 'CT-152';
}

/** What a target may take another way with than with the plain request. */
const extras = ['with include', 'with a bearer token'] as const;

/** A client_credentials request, as a case of a check: the plain one, or one with something more. */
export interface PlainOrMore {
  readonly name: string;
  readonly shape: BodyShape;
  readonly extra?: (typeof extras)[number];
}

/** The plain request in every body shape, each followed by those with something more. */
export const plainAndMore: readonly PlainOrMore[] = bodyShapes.flatMap((shape) => [
  { name: shape, shape },
  ...extras.map((extra) => ({ name: `${shape}, ${extra}`, shape, extra })),
]);

/** One of these requests, once it has been granted as it is. */
export async function grantedRequest(send: Send, client: Client, { shape, extra }: PlainOrMore): Promise<CreateTokenOptions> {
  const { status, ...token } = await granted(send, client, shape);
  const options = { shape, attributes: clientCredentials(client) };
  if (extra === undefined) return options;
  const [more, by] =
    extra === 'with include' ? [{ query: 'include=groups' }, inclusion(shape, 'groups')] : [{ authorization: bearerOf(token) }, 'CT-112' as const];
  const exchange = await send(createToken({ ...options, ...more }));
  await takenForGranted(by, () => expect(exchange).toBeGranted(status));
  return { ...options, ...more };
}

/** A client_credentials grant of this moment, which no other check has used before, nor will. */
export async function newlyGranted(send: Send, client: Client, shape: BodyShape): Promise<Grant> {
  const request = createToken({ shape, attributes: clientCredentials(client) });
  return grantOf(await send(request, { apart: true }), plain[shape].client_credentials);
}

/** Past half of its lifetime, a token is no longer safe to judge something else with. */
export function isAged({ expiresIn, exchange }: Token): boolean {
  // What is no lifetime at all (CT-107) says nothing.
  if (expiresIn === undefined || expiresIn <= 0) return false;
  return now() - Date.parse(exchange.startedAt) > (expiresIn * 1000) / 2;
}

/** The body shape that works, nested before flat, for checks that need a token and do not care for the shape. */
export async function workingShape(send: Send, client: Client): Promise<BodyShape> {
  const reasons: Blocked[] = [];
  for (const shape of bodyShapes) {
    try {
      await granted(send, client, shape);
      return shape;
    } catch (error) {
      if (!(error instanceof Blocked)) throw error;
      reasons.push(error);
    }
  }
  const open = reasons.find(({ by }) => by === undefined);
  throw open ?? reasons[0] ?? new Blocked('no token could be created');
}

/** A usable token with an id. */
export async function tokenFor(send: Send, client: Client): Promise<Grant> {
  return withId(await granted(send, client, await workingShape(send, client)));
}

/** A usable token with an id that no other check uses. */
export async function newTokenFor(send: Send, client: Client): Promise<Grant> {
  return withId(await newlyGranted(send, client, await workingShape(send, client)));
}

/** A token that has an id. */
export function withId<T extends Token>(token: T): T {
  const by = schemaRequirement(token);
  if (!token.id) throw new Blocked(`the token resource has no id: see ${by}`, by);
  return token;
}

/** The requirement that the document of a client_credentials grant satisfies its schema. */
export function schemaRequirement({ exchange }: Token): 'CT-102' | 'CT-302' {
  return mediaType(exchange.request) === 'application/json' ? 'CT-302' : 'CT-102';
}

/** Whether the answer that granted a token satisfies the schema; where it does not, CT-102 or its like takes the blame. */
export function satisfiesSchema({ exchange }: Token): boolean {
  return violationsOf(documented.createToken.schema, documentOf(exchange)).length === 0;
}

/** A token whose refresh token is there, too. */
export async function refreshable(send: Send, client: Client, shape: BodyShape): Promise<Grant> {
  const grant = await granted(send, client, shape);
  if (!grant.refreshToken) throw new Blocked('the token has no refresh token: see CT-102', 'CT-102');
  return grant;
}

/** Of each run, as far as its client tells it: a process may judge several targets. */
const refreshes = new WeakMap<Client, Map<BodyShape, Promise<Exchange>>>();

/**
 * Shows once that refreshing works in a body shape, with a token of its own, and returns a refresh token that was not
 * used yet: what a request that must be refused differs from.
 */
export async function refreshWorks(send: Send, client: Client, shape: BodyShape): Promise<Grant> {
  await ifAsked(() => refreshedOnce(send, client, shape));
  return refreshable(send, client, shape);
}

/** The answer to the one refresh that a run shows refreshing by, whatever it is. */
export function refreshOnce(send: Send, client: Client, shape: BodyShape): Promise<Exchange> {
  const known = refreshes.get(client) ?? new Map<BodyShape, Promise<Exchange>>();
  refreshes.set(client, known);
  const proof = known.get(shape) ?? refresh(send, client, shape);
  known.set(shape, proof);
  return proof;
}

/** The ways in which a token is granted. */
export const grants = bodyShapes.flatMap((shape) => [
  { name: shape, shape, grant: 'client_credentials' as const },
  { name: `${shape}, refresh_token`, shape, grant: 'refresh_token' as const },
]);

/** One of them, whatever it is called. */
export type Asked = Omit<(typeof grants)[number], 'name'>;

/** The answer to a grant: to the one refresh of the run, unless it is asked for again, since each takes a new token. */
export async function answerTo(send: Send, client: Client, { shape, grant }: Asked, again: boolean): Promise<Exchange> {
  if (grant === 'client_credentials') return send(createToken({ shape, attributes: clientCredentials(client) }));
  if (again) return refresh(send, client, shape);
  const { request } = await refreshOnce(send, client, shape);
  return send(request);
}

/** The token of that answer. It may be of no use by now. */
export async function refreshedOnce(send: Send, client: Client, shape: BodyShape): Promise<Grant> {
  return grantOf(await refreshOnce(send, client, shape), plain[shape].refresh_token);
}

/** A token that was got by refreshing a new one. */
export async function refreshed(send: Send, client: Client, shape: BodyShape): Promise<Grant> {
  return grantOf(await refresh(send, client, shape), plain[shape].refresh_token);
}

/** The answer to the refresh of a new token, whatever it is. */
export const refresh = inTurn(async (send: Send, client: Client, shape: BodyShape): Promise<Exchange> => {
  const first = await newlyGranted(send, client, shape);
  if (!first.refreshToken) throw new Blocked('the token has no refresh token: see CT-102', 'CT-102');
  const request = createToken({ shape, attributes: refreshToken(client, spend(first)) });
  return send(request, { fresh: true });
});

/** The provider's own example: `include=organization`, and a `refresh_token` that the grant has no use for, here of no token. */
export function providersExample(client: Client, shape: BodyShape, usual: Token) {
  const attributes = { ...clientCredentials(client), refresh_token: lookalike(usual.refreshToken) || 'unused' };
  return createToken({ shape, attributes, query: 'include=organization' });
}

/** A client_credentials request of a client with another secret. */
export function withSecret(client: Client, shape: BodyShape, secret: string) {
  return createToken({ shape, attributes: clientCredentials({ ...client, secret }) });
}

/** The credentials of nobody, for where no others may be sent. */
export const madeUpClient: Client = { id: 'oauth-conformance-kit', secret: 'made-up-credentials' };

/** A client like this one, that does not exist. */
export function unknownClient(client: Client): Client {
  return { ...client, id: unknownId(client.id) };
}

/** An id as a segment of a path (RFC 3986, section 3.3). Any string is an id, and two kinds of them can stand in no URL. */
export function segmentOf(id: string): string {
  if (/\p{Cs}/u.test(id)) throw new Blocked('no URL can carry the id: half of a surrogate pair stands in it, which UTF-8 does not have (RFC 8259, section 8.2)');
  // Encoded or not, they lead elsewhere.
  if (id === '.' || id === '..') throw new Blocked(`no URL can carry the id "${id}": in a path it means another one (RFC 3986, section 5.2.4)`);
  return encodeURIComponent(id);
}

/** The fetch of a token's own sub-resource with this Authorization; `null` for none. */
export function fetchWith(resource: SubResource, { id }: Token, authorization: string | null, query?: string) {
  return fetchSubResource(resource, segmentOf(id), { authorization, ...(query !== undefined && { query }) });
}

/** The fetch of the sub-resource of some token id with another token as bearer. */
export function fetchFor(resource: SubResource, id: string, { accessToken }: Token) {
  return fetchSubResource(resource, id, { authorization: bearer(accessToken) });
}

/** The request for a sub-resource of a token with that token as bearer. */
export function fetchOf(resource: SubResource, token: Token) {
  return fetchSubResource(resource, segmentOf(withId(token).id), { authorization: bearerOf(token) });
}

/** How long a token that was refused is given to come into force before the fetch itself is blamed (CT-105). */
export const settlingMs = 2000;

/** What an access token is made of (RFC 6750, section 2.1). */
export const b64token = /^[A-Za-z0-9\-._~+/]+=*$/;

/** `Authorization` with the access token, where a header can carry it at all. */
export function bearerOf({ accessToken }: Token): string {
  if (!fitsHeader(accessToken)) throw new Blocked('no header can carry the access token: see CT-106', 'CT-106');
  return bearer(accessToken);
}

/** `Authorization` with the refresh token in place of an access token. Its syntax is not documented. */
export function bearerOfRefreshToken({ refreshToken: token }: Token): string {
  if (!token) throw new Blocked('the token has no refresh token: see CT-102', 'CT-102');
  if (!fitsHeader(token)) throw new Skipped('no header can carry the refresh token');
  return bearer(token);
}

/** Whether a value can stand in a header at all. */
export function fitsHeader(token: string): boolean {
  return !/[^\t\x20-\x7e\x80-\xff]/.test(token);
}

/** A successful fetch. */
export async function fetched(send: Send, resource: SubResource, token: Token): Promise<Exchange> {
  return succeeded(await send(fetchOf(resource, token)), fetching[resource].status);
}

/** An exchange with a 2xx answer. */
export function succeeded(exchange: Exchange, by: RequirementId): Exchange {
  const { status } = answered(exchange);
  if (!isSuccess(status)) throw new Blocked(`${nameOf(exchange)} got ${status}: see ${by}`, by);
  return exchange;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** A resource object of JSON:API, as far as the checks look at it. */
export interface Resource {
  readonly type: string;
  readonly id: string;
  readonly value: unknown;
}

/** Type and id of resource objects or resource identifiers. */
export function resourcesIn(value: unknown): Resource[] {
  const list = Array.isArray(value) ? elements(value) : value === null || value === undefined ? [] : [value];
  return list.map((each) => ({ type: text(member(each, 'type')), id: text(member(each, 'id')), value: each }));
}

/** How many pages of groups are followed. */
const mostPages = 200;

type Pages = readonly [Exchange, ...Exchange[]];

/** The pages of a token's groups, as far as they can be read, and why they do not come to an end where they do not. */
export interface Walk {
  readonly pages: Pages;
  readonly endless?: 'circle' | 'limit' | 'not asked';
}

/** Follows `links.next` on the target's own origin, as far as pages succeed and bring groups that were not seen before. */
export async function walkGroups(send: Send, token: Token): Promise<Walk> {
  const request = fetchOf('groups', token);
  let last = await send(request);
  const pages: [Exchange, ...Exchange[]] = [last];
  const urls = new Set([last.url]);
  const known = new Set<string>();
  for (;;) {
    const answer = answered(last);
    if (!isSuccess(answer.status)) return { pages };
    const document = wellFormedJson(answer)?.value;
    const found = elements(member(document, 'data')).map((group) => text(member(group, 'id')));
    if (found.length > 0 && found.every((id) => known.has(id))) return { pages, endless: 'circle' };
    found.forEach((id) => known.add(id));
    const next = nextPath(last, linkText(member(member(document, 'links'), 'next')));
    if (next === undefined) return { pages };
    if (urls.has(next.url)) return { pages, endless: 'circle' };
    if (pages.length >= mostPages) return { pages, endless: 'limit' };
    urls.add(next.url);
    const page = await ifAsked(() => send({ ...request, path: next.path }));
    if (!page) return { pages, endless: 'not asked' };
    pages.push((last = page));
  }
}

/** All pages of a token's groups. */
export async function groupPages(send: Send, token: Token): Promise<Pages> {
  const { pages, endless } = await walkGroups(send, token);
  for (const page of pages) succeeded(page, 'TG-101');
  if (endless === 'circle') throw new Blocked('links.next of the groups leads round in circles: see TG-104', 'TG-104');
  if (endless === 'limit') throw new Blocked(`the groups have more than ${mostPages} pages`);
  if (endless === 'not asked') throw new NotAsked();
  return pages;
}

/**
 * Where `links.next` leads; undefined where there is none, or where it leaves the operation. As the documentation has
 * links under several prefixes, one that ends in the documented path is followed on the target's own origin by its query.
 */
function nextPath({ url, request }: Exchange, link: string): { url: string; path: string } | undefined {
  if (!link || !URL.canParse(link, url)) return undefined;
  const [here, there] = [new URL(url), new URL(link, url)];
  const base = here.origin + here.pathname.slice(0, here.pathname.lastIndexOf('/oauth/token/') + 1);
  if (there.href.startsWith(base)) return { url: there.href, path: there.href.slice(base.length) };
  const [own = ''] = request.path.split('?', 1);
  return there.pathname.endsWith(`/${own}`) ? { url: base + own + there.search, path: own + there.search } : undefined;
}

/** A link as a text: JSON:API 1.0 has links as strings, or as objects with `href`. */
export function linkText(link: unknown): string {
  return text(link) || text(member(link, 'href'));
}

/** A path in which nothing is percent-encoded any more, by whatever rules it was; as it is where that cannot be. */
export function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The groups on some pages. */
export function groupsOn(pages: readonly Exchange[]): Resource[] {
  return pages.flatMap((page) => {
    const data = member(documentOf(page), 'data');
    if (!Array.isArray(data)) throw new Blocked('the groups have no "data" that is a list: see TG-102', 'TG-102');
    const groups = resourcesIn(data);
    if (groups.some(({ id }) => id === '')) throw new Blocked('a group has no id: see TG-102', 'TG-102');
    return groups;
  });
}

/** All groups of a token. */
export async function groupsOf(send: Send, token: Token): Promise<Resource[]> {
  return groupsOn(await groupPages(send, token));
}

/** The organization of a token. */
export async function organizationOf(send: Send, token: Token): Promise<Resource> {
  const exchange = await fetched(send, 'organization', token);
  const [organization] = resourcesIn(member(documentOf(exchange), 'data'));
  if (!organization?.id) throw new Blocked('the organization has no id: see TO-102', 'TO-102');
  return organization;
}

/** The resources that a token is related to; undefined where it does not say. */
export function relatedTo({ exchange }: Token, resource: SubResource): Resource[] | undefined {
  const relationships = member(member(documentOf(exchange), 'data'), 'relationships');
  const linkage = member(member(relationships, resource), 'data');
  return linkage === undefined ? undefined : resourcesIn(linkage);
}

/** What a token gives access to, in a form that can be compared. */
export async function accessOf(send: Send, token: Token): Promise<string> {
  const [groups, organization] = await Promise.all([groupsOf(send, token), organizationOf(send, token)]);
  return `organization ${organization.id} with groups ${ids(groups)}`;
}

/**
 * What is fetched with a token. Where it is refused, though another one as new as this is not, the blame is not that of the fetch:
 * then it is told in words.
 *
 * @param another gives the other token, which was granted in another way
 * @param by the requirement that takes the blame where that is refused, too; without it, that of the fetch does
 */
export async function orRefused<T>(token: Token, fetch: (token: Token) => Promise<T>, another: () => Promise<Token>, by?: RequirementId): Promise<T | string> {
  return fetch(token).catch(async (error: unknown) => {
    await ifAsked(async () => fetch(await another())).catch((reason: unknown) => {
      throw by && reason instanceof Blocked ? new Blocked(reason.message.replace(/: see .*/, `: see ${by}`), by) : reason;
    });
    return orRefusal(error);
  });
}

/** The media type and the schema of an answer that grants a token, as far as the plain answer has them: of that, others speak. */
export function expectDocumented(exchange: Exchange, usual: Grant): void {
  expectUsualMediaType(exchange, usual);
  if (satisfiesSchema(usual)) expect(exchange).toSatisfy(documented.createToken.schema);
}

/** The media type alone. */
export function expectUsualMediaType(exchange: Exchange, usual: Grant): void {
  if (mediaType(answered(usual.exchange)) === jsonApiMediaType) expect(exchange).toHaveJsonApiMediaType();
}

/** In place of what a token gives access to, that a fetch does not answer it; rethrows whatever else is in the way. */
export function orRefusal(error: unknown): string {
  if (error instanceof Blocked && /^T[GO]-/.test(error.by ?? '')) return error.message.replace(/: see .*/, '');
  throw error;
}

/** The texts that stand in a list before, in the order of the list. */
export function repeatedIn(list: readonly string[]): string[] {
  const seen = new Set<string>();
  return list.filter((each) => seen.size === seen.add(each).size);
}

/** The ids of resources, sorted. */
export function ids(resources: readonly Resource[]): string {
  return resources.length === 0 ? '(none)' : resources.map(({ id }) => id).toSorted().join(', ');
}

/** A token of the second client, which is of another organization. */
export async function otherToken(send: Send, settings: Settings): Promise<Grant & { readonly client: Client }> {
  const client = otherClientOf(settings);
  const reason = (why: string) => new Blocked(`the second client cannot be used: ${why}`);
  const [own, other] = [await tokenFor(send, settings.client), await otherGrant(send, settings, client, reason)];
  const [organization, otherOrganization] = await Promise.all([organizationOf(send, own), organizationOf(send, other)]);
  if (organization.id !== otherOrganization.id) return { ...other, client };
  const [related, otherRelated] = [own, other].map((token) => relatedTo(token, 'organization')?.[0]?.id);
  if (related !== undefined && otherRelated !== undefined && related !== otherRelated) {
    throw new Blocked(`the fetch gives the organization ${organization.id} for the tokens of both clients, which are related to ${related} and ${otherRelated}: see TO-104`, 'TO-104');
  }
  throw reason(`both clients are of the organization ${organization.id}`);
}

/** A token of the second client, for what can be judged without one as well. */
export async function secondToken(send: Send, settings: Settings): Promise<Grant & { readonly client: Client }> {
  const client = otherClientOf(settings);
  return { ...(await otherGrant(send, settings, client, (why) => new Skipped(`the second client cannot be used: ${why}`))), client };
}

/** The second client; a target without one is not asked. */
export function otherClientOf({ otherClient }: Settings): Client {
  if (!otherClient) throw new Skipped('no second client: OAUTH_OTHER_CLIENT_ID and OAUTH_OTHER_CLIENT_SECRET are not set');
  return otherClient;
}

async function otherGrant(send: Send, settings: Settings, client: Client, reason: (why: string) => Error): Promise<Grant> {
  const shape = await workingShape(send, settings.client);
  try {
    return withId(await granted(send, client, shape));
  } catch (error) {
    if (error instanceof Blocked) throw reason(error.message.replace(/: see .*/, ''));
    throw error;
  }
}

/** Judges one fact as the premise of another: where it does not hold, its own requirement takes the blame. */
export async function takenForGranted<T>(by: RequirementId, judge: () => T | Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    if (violationIn(error)) throw new Blocked(`see ${by}`, by);
    throw error;
  }
}

/** A refusal, whatever else it says. */
export function refusedFirst(exchange: Exchange, by: RequirementId): void {
  const { status } = answered(exchange);
  if (status < 400) throw new Blocked(`${nameOf(exchange)} is not refused: see ${by}`, by);
}

/**
 * What a refusal tells a stranger: its status, and the code, title and detail of its errors. It may name what it refuses:
 * the ids and credentials that came with the request tell nothing new.
 */
export function outline(exchange: Exchange): string {
  const answer = answered(exchange);
  const errors = elements(member(wellFormedJson(answer)?.value, 'errors'));
  const sent = [...idsSent(exchange), ...textsSent(exchange)].toSorted((a, b) => b.length - a.length);
  const said = errors.map((error) =>
    ['code', 'title', 'detail'].map((name) => withoutWords(text(member(error, name)), sent)).join(' / '),
  );
  return [`status ${answer.status}`, ...said].join('; ');
}

/** The ids that a request named, as they stood in its path and decoded, or in its body. */
export function idsSent({ request }: Exchange): readonly string[] {
  const [, id] = /^oauth\/token\/([^/?]+)/.exec(request.path) ?? [];
  if (id !== undefined) return [decoded(id), id];
  return clientsNamed(request);
}

/** The texts in the body of a request that are long enough not to stand in a sentence by chance. */
function textsSent({ request }: Exchange): readonly string[] {
  return objectsSent(request)
    .flatMap((object) => Object.values(object))
    .filter((value): value is string => typeof value === 'string' && value.length >= 4);
}

/**
 * An id that no token has, of the same form, so that it is looked up and not refused as malformed. Numbers may be counted
 * up, so that a near one is another token's.
 */
export function unknownId(id: string): string {
  return /^\d{1,8}$/.test(id) ? String(2_000_000_000 + Number(id)) : moved(id, 0);
}

/** The same, with the first half as it is; undefined where ids are too short, or are numbers, and so could be another token's. */
export function unknownIdBeginningLike(id: string): string | undefined {
  return id.length < 12 || /^\d+$/.test(id) ? undefined : moved(id, Math.ceil(id.length / 2));
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Where a UUID has its version and its variant (RFC 9562, section 4). */
const uuidForm = [14, 19];

/** An id in which every letter and digit from a position on moves by one, and stays hexadecimal where all of them are. */
function moved(id: string, from: number): string {
  const isHex = /^[0-9a-f-]+$/i.test(id);
  const other = id.replace(/[a-z0-9]/gi, (character, at: number) => {
    if (at < from || (uuid.test(id) && uuidForm.includes(at))) return character;
    return isHex && /f/i.test(character) ? (character === 'f' ? 'a' : 'A') : lookalike(character);
  });
  return other === id ? `${id}x` : other;
}
