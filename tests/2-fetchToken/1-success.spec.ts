import { createHash } from 'node:crypto';
import { documented } from '../../contracts/documented.ts';
import { expect, requirement, test, type Send } from '../../kit/runner/fixtures.ts';
import { endOf, mediaType, type Exchange } from '../../kit/target/exchange.ts';
import { shownMediaType } from '../../kit/secrets/shown.ts';
import { answered, Blocked, documentOf, ifAsked, member, NotAsked, readable, Skipped, wellFormedJson, type Token } from '../../kit/judging/premises.ts';
import {
  answerTo,
  b64token,
  decoded,
  fetched,
  fetchOf,
  granted,
  grantOf,
  grants,
  groupPages,
  groupsOf,
  groupsOn,
  ids,
  linkText,
  newTokenFor,
  organizationOf,
  plain,
  refreshed,
  relatedTo,
  repeatedIn,
  resourcesIn,
  secondToken,
  segmentOf,
  settlingMs,
  succeeded,
  tokenFor,
  walkGroups,
  type Asked,
  type Grant,
} from '../given.ts';
import { bearer, fetchSubResource, type SubResource } from '../../kit/judging/requests.ts';
import type { CheckFixtures } from '../../kit/judging/judge.ts';
import type { Client, Settings } from '../../kit/settings/settings.ts';

const operations = [
  { prefix: 'TG', resource: 'groups', type: 'group', schema: documented.fetchTokenGroups.schema },
  { prefix: 'TO', resource: 'organization', type: 'organization', schema: documented.fetchTokenOrganization.schema },
] as const;

/** The answers of a fetch: the pages of the groups that can be read, or the one of the organization. */
async function pagesOf(...[send, resource, token]: Parameters<typeof fetched>): Promise<readonly Exchange[]> {
  const first = await fetched(send, resource, token);
  if (resource === 'organization') return [first];
  const { pages } = await walkGroups(send, token);
  return pages.filter((page) => answered(page).status < 300);
}

const ofSecond = 'the second client';

/** A case of the second client, where there is one: what others are judged by as well is no reason to miss it. */
function bySecond({ otherClient }: Settings): readonly string[] {
  return otherClient ? [ofSecond] : [];
}

/** A fetch, once more where a token was refused so early that the blame may be that of CT-105. */
async function fetchedWhenSettled(send: Send, pause: CheckFixtures['pause'], resource: SubResource, token: Token): Promise<Exchange> {
  const exchange = await send(fetchOf(resource, token));
  const createdAt = endOf(token.exchange);
  if (answered(exchange).status < 400 || Date.parse(exchange.startedAt) > createdAt + settlingMs) return exchange;
  await pause(Math.max(0, createdAt + settlingMs - Date.now()));
  return (await ifAsked(() => send(fetchOf(resource, token), { fresh: true }))) ?? exchange;
}

for (const { prefix, resource, type, schema } of operations) {
  test(...requirement(`${prefix}-101`), async ({ judge, pause, settings: { client } }) => {
    await judge(['with a valid bearer token'], async (send) => {
      const token = await tokenFor(send, client);
      const exchange = await fetchedWhenSettled(send, pause, resource, token);
      const { status } = answered(exchange);
      if (status === 401 && !b64token.test(token.accessToken)) throw new Blocked('the access token is no b64token: see CT-106', 'CT-106');
      // The token may have been withdrawn since it was created; a new one tells.
      const valid = status === 401 ? ((await ifAsked(() => newTokenFor(send, client))) ?? token) : token;
      expect(status === 401 ? await send(fetchOf(resource, valid)) : exchange).toHaveStatus(200);
      if (resource === 'organization') return;
      for (const page of (await walkGroups(send, valid)).pages) expect(page).toHaveStatus(200);
    });
  });

  test(...requirement(`${prefix}-102`), async ({ judge, settings }) => {
    await judge(['with a valid bearer token', ...bySecond(settings)], async (send, row) => {
      const token = row === ofSecond ? await secondToken(send, settings) : await tokenFor(send, settings.client);
      for (const page of await pagesOf(send, resource, token)) expect(page).toSatisfy(schema);
    });
  });

  test(...requirement(`${prefix}-103`), async ({ judge, settings: { client } }) => {
    await judge(['with a valid bearer token'], async (send) => {
      for (const page of await pagesOf(send, resource, await tokenFor(send, client))) expect(page).toHaveJsonApiMediaType();
    });
  });

  test(...requirement(`${prefix}-106`), async ({ judge, settings: { client } }) => {
    await judge(['with a valid bearer token'], async (send) => {
      for (const page of await pagesOf(send, resource, await tokenFor(send, client))) {
        for (const { id, value } of resourcesIn(member(documentOf(page), 'data'))) {
          const self = linkText(member(member(value, 'links'), 'self'));
          if (self === '') continue;
          const [, parent, last = ''] = self.split('/').slice(-3);
          if (id === '' || parent !== type || last === '' || /[?#]/.test(last)) {
            throw new Blocked(`links.self of a ${type} is none, or it has no id: see ${prefix}-102`, `${prefix}-102`);
          }
          // A link is a URL, too.
          segmentOf(id);
          expect(page).toHold({
            pass: self.endsWith(`/${type}/${id}`) || decoded(self).endsWith(`/${type}/${id}`),
            expected: `links.self of ${type} ${id} that ends in /${type}/${id}`,
            actual: `it is ${self}`,
          });
        }
      }
    });
  });

  test(...requirement(`${prefix}-107`), async ({ judge, settings: { client } }) => {
    await judge(['read twice'], async (send) => {
      const token = await tokenFor(send, client);
      const first = await fetched(send, resource, token);
      const second = await send(fetchOf(resource, token), { apart: true });
      expect(second).toHold(sameAnswer(second, first, 'the first read'));
    });
  });

  test(...requirement(`${prefix}-110`), async ({ judge, settings: { client } }) => {
    const rows = [null, '*/*', 'application/json'].map((accept) => ({ name: `Accept ${accept ?? 'absent'}`, accept }));
    await judge(rows, async (send, { accept }) => {
      const token = await tokenFor(send, client);
      const usual = await fetched(send, resource, token);
      const options = { authorization: bearer(token.accessToken), accept };
      const exchange = await send(fetchSubResource(resource, segmentOf(token.id), options));
      const fact = sameAnswer(exchange, usual, 'Accept: application/vnd.api+json');
      if (!fact.pass) {
        const second = await send(fetchOf(resource, token), { apart: true });
        const changes = !sameAnswer(second, usual, '').pass;
        if (changes) throw new Blocked(`the answer is another at each read: see ${prefix}-107`, `${prefix}-107`);
      }
      expect(exchange).toHold(fact);
    });
  });

  test(...requirement(`${prefix}-208`), async ({ judge, pause, settings: { client, expiryWaitS, profile } }) => {
    await judge(['after expires_in'], async (send) => {
      if (profile === 'nightly') throw new NotAsked();
      const token = await tokenFor(send, client);
      if (token.expiresIn === undefined) throw new Blocked('expires_in is no number: see CT-102', 'CT-102');
      if (token.expiresIn <= 0) throw new Blocked('expires_in is not greater than 0: see CT-107', 'CT-107');
      if (token.expiresIn > expiryWaitS) {
        throw new Skipped(`the token lives for ${token.expiresIn} s, longer than OAUTH_EXPIRY_WAIT_S (${expiryWaitS})`);
      }
      await fetched(send, resource, token);
      const created = endOf(token.exchange);
      const lifetimeMs = token.expiresIn * 1000;
      const until = (at: number) => pause(Math.max(0, at - Date.now()));
      // Used shortly before, since use does not put off the end.
      await until(created + lifetimeMs - Math.min(400, lifetimeMs / 4));
      await send(fetchOf(resource, token), { fresh: true });
      // One second of grace, since the target counts from the moment it made the token.
      await until(created + lifetimeMs + 1000);
      expect(await send(fetchOf(resource, token), { fresh: true })).toBeRefused([401]);
    });
  });
}

/** Whether two answers are the same, request ids and the order of lists aside. */
function sameAnswer(exchange: Exchange, usual: Exchange, like: string) {
  const [actual, expected] = [exchange, usual].map((each) => ({
    status: answered(each).status,
    type: mediaType(answered(each)),
    shown: shownMediaType(answered(each)),
    body: comparable(wellFormedJson(readable(each))?.value),
  }));
  const differing = (['status', 'type', 'body'] as const).filter((part) => actual?.[part] !== expected?.[part]);
  return {
    pass: differing.length === 0,
    expected: `the same answer as by ${like} (status ${expected?.status}, ${expected?.shown})`,
    actual: `status ${actual?.status}, ${actual?.shown}, with another ${differing.join(' and ')}`,
  };
}

/** A document as a text in which neither the order of members and lists nor request ids make a difference. */
function comparable(value: unknown): string {
  if (Array.isArray(value)) return shortened(`[${value.map(comparable).toSorted().join()}]`);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const members = Object.entries(value).filter(([key]) => key !== 'req_id');
  return shortened(`{${members.map(([key, inner]) => `${JSON.stringify(key)}:${comparable(inner)}`).toSorted().join()}}`);
}

/** A digest in place of a text that is longer: else each level of a document would copy all that is below it. */
function shortened(told: string): string {
  const digest = 64;
  return told.length > digest ? createHash('sha256').update(told).digest('hex') : told;
}

test(...requirement('TG-104'), async ({ judge, settings }) => {
  const { client } = settings;
  await judge([{ name: 'over all pages' }, ...otherGrants, ...bySecond(settings).map((name) => ({ name }))], async (send, row, again) => {
    if ('shape' in row) {
      return expectRelated(send, client, row, again, 'groups', async (token) => ids(await groupsOf(send, token)));
    }
    const token = row.name === ofSecond ? await secondToken(send, settings) : await tokenFor(send, client);
    const { pages, endless } = await walkGroups(send, token);
    for (const page of pages) succeeded(page, 'TG-101');
    const [unique, related] = groupsAgree(pages, token);
    expect(pages[0]).toHold(unique);
    expect(pages.at(-1) ?? pages[0]).toHold({
      pass: endless !== 'circle',
      expected: 'pages that come to an end',
      actual: 'links.next leads round in circles',
    });
    if (endless === 'limit') throw new Blocked(`the groups have more than ${pages.length} pages`);
    if (endless === 'not asked') throw new NotAsked();
    expect(pages[0]).toHold(related);
  });
});

/** The grants of tokens whose relationships are judged beside those of the token that is used everywhere. */
const otherGrants = grants.filter(({ name }) => name !== 'nested');

/** That a token is related to what its own fetch gives, where it says so. @param ask gives the ids, as a text */
async function expectRelated(send: Send, client: Client, row: Asked, again: boolean, resource: SubResource, ask: (token: Grant) => Promise<string>): Promise<void> {
  const by = plain[row.shape][row.grant];
  const isRefresh = row.grant === 'refresh_token';
  const first = isRefresh ? grantOf(await answerTo(send, client, row, again), by) : await granted(send, client, row.shape);
  const related = relatedIds(first, resource);
  if (related === undefined) return;
  // That token may have been used up. What is granted to one client is the same each time (CT-602); only where it seems not to be, a new one tells.
  if (isRefresh && related === (await ask(await granted(send, client, row.shape)))) return;
  const token = isRefresh ? await refreshed(send, client, row.shape) : first;
  const [told, found] = [relatedIds(token, resource), await ask(token)];
  expect(token.exchange).toHold({
    pass: told === undefined || told === found,
    expected: `the ${resource} that the fetch gives for this token in its relationships: ${found}`,
    actual: told ?? '',
  });
}

/** The ids of what a token is related to, as a text; undefined where it does not say. */
function relatedIds(token: Grant, resource: SubResource): string | undefined {
  const related = relatedTo(token, resource);
  return related && ids(related);
}

/** That no group is given twice, and that they are those which the token is related to. */
function groupsAgree(pages: readonly Exchange[], token: Grant) {
  const groups = groupsOn(pages);
  const twice = repeatedIn(groups.map(({ id }) => id));
  const related = relatedTo(token, 'groups');
  return [
    { pass: twice.length === 0, expected: 'unique group ids', actual: `given twice: ${twice.join(', ')}` },
    {
      pass: related === undefined || ids(groups) === ids(related),
      expected: `the groups of the token's relationships: ${ids(related ?? [])}`,
      actual: ids(groups),
    },
  ] as const;
}

test(...requirement('TO-104'), async ({ judge, settings }) => {
  const { client } = settings;
  await judge([{ name: 'with a valid bearer token' }, ...otherGrants, ...bySecond(settings).map((name) => ({ name }))], async (send, row, again) => {
    if ('shape' in row) return expectRelated(send, client, row, again, 'organization', async (token) => ids([await organizationOf(send, token)]));
    const token = row.name === ofSecond ? await secondToken(send, settings) : await tokenFor(send, client);
    const { id } = await organizationOf(send, token);
    const related = relatedTo(token, 'organization');
    if (related === undefined) return;
    const [linked] = related;
    expect(await fetched(send, 'organization', token)).toHold({
      pass: id === linked?.id,
      expected: `the organization of the token's relationships: ${linked?.id}`,
      actual: id,
    });
  });
});

test(...requirement('TG-105'), async ({ judge, settings: { client } }) => {
  await judge(['over all pages'], async (send) => {
    const token = await tokenFor(send, client);
    const pages = await groupPages(send, token);
    const { length } = groupsOn(pages);
    for (const page of pages) {
      const count = member(member(documentOf(page), 'meta'), 'count');
      if (count === undefined) continue;
      if (!Number.isInteger(count)) throw new Blocked('meta.count is no integer: see TG-102', 'TG-102');
      // A list that is wrong itself says nothing of the count.
      if (count !== length && !groupsAgree(pages, token).every(({ pass }) => pass)) {
        throw new Blocked('the groups are not those of the token: see TG-104', 'TG-104');
      }
      expect(page).toHold({ pass: count === length, expected: `meta.count ${length}`, actual: `meta.count ${JSON.stringify(count)}` });
    }
  });
});

test(...requirement('TG-108'), async ({ judge, settings: { client } }) => {
  await judge(['over all pages'], async (send) => {
    const pages = await groupPages(send, await tokenFor(send, client));
    const links = member(documentOf(pages[0]), 'links');
    const names = ['self', 'next', 'prev', 'last', 'first'].filter((name) => member(links, name) !== undefined);
    return `${pages.length === 1 ? 'one page' : `${pages.length} pages`}; top-level links: ${names.join(', ') || 'none'}`;
  });
});

test(...requirement('TG-109'), async ({ judge, settings: { client } }) => {
  await judge(['over all pages'], async (send) => {
    const token = await tokenFor(send, client);
    for (const page of await pagesOf(send, 'groups', token)) {
      const self = linkText(member(member(documentOf(page), 'links'), 'self'));
      if (self === '') continue;
      expect(page).toHold({
        pass: decodedPath(self, page.url).endsWith(`/oauth/token/${token.id}/groups`),
        expected: `links.self that names /oauth/token/${token.id}/groups`,
        actual: `it is ${self}`,
      });
    }
  });
});

/** The path that a link leads to from a URL, which may be as short as a query (RFC 3986, section 5). */
function decodedPath(link: string, from: string): string {
  return URL.canParse(link, from) ? decoded(new URL(link, from).pathname) : link;
}

