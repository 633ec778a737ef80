import { expect, requirement, test, type Send } from '../../kit/runner/fixtures.ts';
import { bytes, type Exchange } from '../../kit/target/exchange.ts';
import { answered, documentOf, ifAsked, member, objectsIn, Skipped, text, wellFormedJson } from '../../kit/judging/premises.ts';
import type { SubResource } from '../../kit/judging/requests.ts';
import { isSearched } from '../../kit/secrets/redaction.ts';
import type { Settings } from '../../kit/settings/settings.ts';
import { standsAsWord, withoutWords } from '../../kit/judging/words.ts';
import {
  fetched,
  fetchFor,
  fetching,
  fetchOf,
  idsSent,
  newTokenFor,
  otherToken,
  outline,
  refusedFirst,
  resourcesIn,
  segmentOf,
  succeeded,
  tokenFor,
  unknownId,
  unknownIdBeginningLike,
  walkGroups,
  type Grant,
} from '../given.ts';

const operations = [
  { prefix: 'TG', resource: 'groups' },
  { prefix: 'TO', resource: 'organization' },
] as const;

/** The tokens of both clients, in either role. */
async function pair(send: Send, settings: Settings, row: string): Promise<{ own: Grant; foreign: Grant }> {
  const [other, mine] = [await otherToken(send, settings), await tokenFor(send, settings.client)];
  return row === 'the second client asks' ? { own: other, foreign: mine } : { own: mine, foreign: other };
}

/** Ids and names that a fetch gives: none of them may stand in an answer to another organization. */
async function dataOf(send: Send, resource: SubResource, token: Grant): Promise<string[]> {
  const pages = resource === 'groups' ? (await walkGroups(send, token)).pages : [await fetched(send, resource, token)];
  return pages
    .map((page) => succeeded(page, fetching[resource].status))
    .flatMap((page) => resourcesIn(member(documentOf(page), 'data')))
    .flatMap(({ id, value }) => [id, text(member(member(value, 'attributes'), 'name'))])
    .filter((value) => value.length >= 4);
}

/** The same of both fetches, as far as the other one works: a refusal may tell what another operation gives. */
async function allDataOf(send: Send, resource: SubResource, token: Grant): Promise<string[]> {
  const other = resource === 'groups' ? 'organization' : 'groups';
  return [...(await dataOf(send, resource, token)), ...(await dataOf(send, other, token).catch(() => []))];
}

/** What an answer tells: the texts in its body, and the values of its headers. */
interface Told {
  readonly body: readonly string[];
  readonly headers: readonly string[];
}

/** What an answer tells, the id that was asked for aside. A request id is none of it: it may hold any short id by chance. */
function toldBy(exchange: Exchange): Told {
  const { answer } = exchange;
  if (!answer) return { body: [], headers: [] };
  const ids = idsSent(exchange);
  const told = (value: string) => withoutWords(value, ids);
  const headers = answer.headers.map(([, value]) => told(value));
  const document = wellFormedJson(answer)?.value;
  if (document === undefined) return { body: [told(bytes(answer).toString())], headers };
  const body = [...objectsIn([document])].flatMap((object) =>
    Object.entries(object).flatMap(([name, value]) => (name === 'req_id' ? [] : [name, typeof value === 'object' ? '' : told(String(value))])),
  );
  return { body, headers };
}

/** So much of what a body tells is searched, in characters: a refusal says early what it has to say. */
const searched = 64 * 1024;
/** So many values are looked for. Where a refusal tells of more, it tells of these. */
const mostValues = 1000;

/** Headers hold dates, counts and tags: what is shorter than this stands there by chance. */
const shortestInHeaders = 8;

/** The values that stand in an answer as words of their own. */
function standingIn({ body, headers }: Told, values: readonly string[]): readonly string[] {
  const [inBody, inHeaders] = [body.join('\n').slice(0, searched), headers.join('\n')];
  return values.filter((value) => standsAsWord(value, inBody) || (value.length >= shortestInHeaders && standsAsWord(value, inHeaders)));
}

for (const { prefix, resource } of operations) {
  test(...requirement(`${prefix}-301`), async ({ judge, settings }) => {
    await judge(['the first client asks', 'the second client asks'], async (send, row) => {
      const { own, foreign } = await pair(send, settings, row);
      await fetched(send, resource, own);
      const tokens = [foreign.accessToken, foreign.refreshToken].filter(isSearched);
      const secret = [...new Set([...tokens, ...(await allDataOf(send, resource, foreign))])].slice(0, mostValues);
      // Straight after its owner has got it, so that a cache that keeps no callers apart has it.
      await ifAsked(() => send(fetchOf(resource, foreign), { fresh: true }));
      const exchange = await send(fetchFor(resource, segmentOf(foreign.id), own), { fresh: true });
      expect(exchange).toBeRefused();
      // What an unknown id is told as well is nobody's data.
      const [told, usual] = [toldBy(exchange), toldBy(await send(fetchFor(resource, segmentOf(unknownId(own.id)), own)))];
      const anyway = new Set(standingIn(usual, secret));
      const shown = standingIn(told, secret).filter((value) => !anyway.has(value));
      expect(exchange).toHold({
        pass: shown.length === 0,
        expected: 'none of the data of the other organization',
        actual: `${shown.length} of its ids, names and tokens stand in the answer`,
      });
      const [, page] = resource === 'groups' ? (await walkGroups(send, foreign)).pages : [];
      if (page) expect(await send({ ...fetchFor(resource, segmentOf(foreign.id), own), path: page.request.path })).toBeRefused();
    });
  });

  test(...requirement(`${prefix}-302`), async ({ judge, settings: { client } }) => {
    await judge(['an unknown id', 'an unknown id that begins like a known one'], async (send, row) => {
      const token = await tokenFor(send, client);
      await fetched(send, resource, token);
      const id = row === 'an unknown id' ? unknownId(token.id) : unknownIdBeginningLike(token.id);
      if (id === undefined) throw new Skipped("ids are so short that one that begins alike may be another token's");
      expect(await send(fetchFor(resource, segmentOf(id), token))).toBeRefused();
    });
  });

  test(...requirement(`${prefix}-303`), async ({ judge, settings: { client } }) => {
    const hostile = {
      'path traversal': '..%2F..%2F..%2Fetc%2Fpasswd',
      'path traversal, encoded twice': '%252e%252e%252f',
      'an encoded NUL': '%00',
      'quotes': "'%22%20OR%20'1'='1",
      '1,000 characters': 'a'.repeat(1000),
      'Unicode': encodeURIComponent('ключ-鍵-🔑'),
      'an overlong encoding': '%C0%AE%C0%AE',
      'its own id and an encoded NUL': (own: string) => `${own}%00`,
      'its own id by a detour': (own: string) => `x%2F..%2F${own}`,
    };
    await judge(Object.entries(hostile).map(([name, id]) => ({ name, id })), async (send, { id }) => {
      const token = await tokenFor(send, client);
      await fetched(send, resource, token);
      if (typeof id === 'string') return expect(await send(fetchFor(resource, id, token))).toBeRefused();
      const alike = unknownIdBeginningLike(token.id);
      // A target that looks at the beginning of an id alone takes these for the token's own.
      if (alike !== undefined) refusedFirst(await send(fetchFor(resource, segmentOf(alike), token)), `${prefix}-302`);
      return expect(await send(fetchFor(resource, id(segmentOf(token.id)), token))).toBeRefused();
    });
  });

  test(...requirement(`${prefix}-304`), async ({ judge, settings: { client } }) => {
    await judge(['two tokens of one client'], async (send) => {
      const [first, second] = [await tokenFor(send, client), await newTokenFor(send, client)];
      if (first.id === second.id) return 'both tokens have the same id';
      const { status } = answered(await send(fetchFor(resource, segmentOf(first.id), second)));
      return `${status < 400 ? 'yes' : 'no'} (${status})`;
    });
  });

  test(...requirement(`${prefix}-305`), async ({ judge, settings }) => {
    await judge(['a foreign and an unknown id'], async (send) => {
      const { own, foreign } = await pair(send, settings, 'the first client asks');
      await fetched(send, resource, own);
      const [atForeign, atUnknown] = await Promise.all(
        [foreign.id, unknownId(own.id)].map((id) => send(fetchFor(resource, segmentOf(id), own))),
      );
      if (!atForeign || !atUnknown) return;
      for (const [exchange, by] of [[atForeign, '301'], [atUnknown, '302']] as const) refusedFirst(exchange, `${prefix}-${by}`);
      expect(atForeign).toHold({
        pass: outline(atForeign) === outline(atUnknown),
        expected: `the answer that an unknown id gets: ${outline(atUnknown)}`,
        actual: outline(atForeign),
      });
    });
  });
}
