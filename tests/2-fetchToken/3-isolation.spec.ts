import { expect, requirement, test, type Send } from '../../kit/fixtures.ts';
import { bytes, type Exchange } from '../../kit/exchange.ts';
import { answered, documentOf, member, objectsIn, text, wellFormedJson } from '../../kit/premises.ts';
import { bearer, fetchSubResource, type SubResource } from '../../kit/requests.ts';
import type { Settings } from '../../kit/settings.ts';
import {
  fetched,
  groupPages,
  newTokenFor,
  otherToken,
  outline,
  refusedFirst,
  resourcesIn,
  tokenFor,
  unknownId,
  type Grant,
} from '../given.ts';

const operations = [
  { prefix: 'TG', resource: 'groups' },
  { prefix: 'TO', resource: 'organization' },
] as const;

/** The fetch of the sub-resource of some token id with another token as bearer. */
function fetchFor(resource: SubResource, id: string, { accessToken }: Grant) {
  return fetchSubResource(resource, id, { authorization: bearer(accessToken) });
}

/** The tokens of both clients, in either role. */
async function pair(send: Send, settings: Settings, row: string): Promise<{ own: Grant; foreign: Grant }> {
  const [other, mine] = [await otherToken(send, settings), await tokenFor(send, settings.client)];
  return row === 'the second client asks' ? { own: other, foreign: mine } : { own: mine, foreign: other };
}

/** Ids and names that only the fetches of a token give: none of them may stand in an answer to another organization. */
async function dataOf(send: Send, resource: SubResource, token: Grant): Promise<string[]> {
  const pages = resource === 'groups' ? await groupPages(send, token) : [await fetched(send, resource, token)];
  return pages
    .flatMap((page) => resourcesIn(member(documentOf(page), 'data')))
    .flatMap(({ id, value }) => [id, text(member(member(value, 'attributes'), 'name'))])
    .filter((value) => value.length >= 4);
}

/** All texts in an answer. A request id is none of them: it may hold any short id by chance. */
function toldBy(exchange: Exchange): string[] {
  const answer = answered(exchange);
  const document = wellFormedJson(answer)?.value;
  if (document === undefined) return [bytes(answer).toString()];
  return [...objectsIn([document])].flatMap((object) =>
    Object.entries(object).flatMap(([name, value]) => (name === 'req_id' ? [] : [name, typeof value === 'object' ? '' : String(value)])),
  );
}

for (const { prefix, resource } of operations) {
  test(...requirement(`${prefix}-301`), async ({ judge, settings }) => {
    await judge(['the first client asks', 'the second client asks'], async (send, row) => {
      const { own, foreign } = await pair(send, settings, row);
      await fetched(send, resource, own);
      const exchange = await send(fetchFor(resource, encodeURIComponent(foreign.id), own));
      const secret = await dataOf(send, resource, foreign);
      expect(exchange).toBeRefused();
      const told = toldBy(exchange);
      const shown = secret.filter((value) => told.some((each) => each.includes(value)));
      expect(exchange).toHold({
        pass: shown.length === 0,
        expected: 'none of the data of the other organization',
        actual: `${shown.length} of its ids and names stand in the body`,
      });
    });
  });

  test(...requirement(`${prefix}-302`), async ({ judge, settings: { client } }) => {
    await judge(['an unknown id'], async (send) => {
      const token = await tokenFor(send, client);
      await fetched(send, resource, token);
      expect(await send(fetchFor(resource, encodeURIComponent(unknownId(token.id)), token))).toBeRefused();
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
    };
    await judge(Object.entries(hostile).map(([name, id]) => ({ name, id })), async (send, { id }) => {
      const token = await tokenFor(send, client);
      await fetched(send, resource, token);
      expect(await send(fetchFor(resource, id, token))).toBeRefused();
    });
  });

  test(...requirement(`${prefix}-304`), async ({ judge, settings: { client } }) => {
    await judge(['two tokens of one client'], async (send) => {
      const [first, second] = [await tokenFor(send, client), await newTokenFor(send, client)];
      if (first.id === second.id) return 'both tokens have the same id';
      const { status } = answered(await send(fetchFor(resource, encodeURIComponent(first.id), second)));
      return `${status < 400 ? 'yes' : 'no'} (${status})`;
    });
  });

  test(...requirement(`${prefix}-305`), async ({ judge, settings }) => {
    await judge(['a foreign and an unknown id'], async (send) => {
      const { own, foreign } = await pair(send, settings, 'the first client asks');
      await fetched(send, resource, own);
      const [atForeign, atUnknown] = await Promise.all(
        [foreign.id, unknownId(own.id)].map((id) => send(fetchFor(resource, encodeURIComponent(id), own))),
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
