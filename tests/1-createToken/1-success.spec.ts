import { documented } from '../../contracts/documented.ts';
import { header, type Exchange } from '../../kit/target/exchange.ts';
import { expect, requirement, test, type Send } from '../../kit/runner/fixtures.ts';
import { lookalike } from '../../kit/judging/lookalike.ts';
import { answered, Blocked, documentOf, ifAsked, member, nameOf, text, tokenOf, wellFormedJson, type Token } from '../../kit/judging/premises.ts';
import { bodyShapes, clientCredentials, createToken, refreshToken } from '../../kit/judging/requests.ts';
import type { Client } from '../../kit/settings/settings.ts';
import {
  answerTo,
  b64token,
  bearerOf,
  decoded,
  expectDocumented,
  fetched,
  fetchOf,
  granted,
  grantOf,
  grants,
  including,
  inclusion,
  linkText,
  newlyGranted,
  organizationOf,
  orRefused,
  plain,
  providersExample,
  refreshedOnce,
  segmentOf,
  spend,
  settlingMs,
  succeeded,
  tokenFor,
  withId,
  type Asked,
  type Grant,
} from '../given.ts';

const resources = ['groups', 'organization'] as const;

/** The grant in the answer to a row. */
async function grantedBy(send: Send, client: Client, row: Asked, again: boolean): Promise<Grant> {
  return grantOf(await answerTo(send, client, row, again), plain[row.shape][row.grant]);
}

test(...requirement('CT-101'), async ({ judge, settings: { client } }) => {
  await judge(['nested'], async (send) => {
    expect(await send(createToken({ shape: 'nested', attributes: clientCredentials(client) }))).toHaveStatus(201);
  });
});

test(...requirement('CT-102'), async ({ judge, settings: { client } }) => {
  await judge(['nested'], async (send) => {
    const exchange = await send(createToken({ shape: 'nested', attributes: clientCredentials(client) }));
    expect(succeeded(exchange, 'CT-101')).toSatisfy(documented.createToken.schema);
  });
});

test(...requirement('CT-103'), async ({ judge, settings: { client } }) => {
  await judge(['nested'], async (send) => {
    const exchange = await send(createToken({ shape: 'nested', attributes: clientCredentials(client) }));
    expect(succeeded(exchange, 'CT-101')).toHaveJsonApiMediaType();
  });
});

test(...requirement('CT-104'), async ({ judge, settings: { client } }) => {
  await judge(['nested', 'nested, refresh_token'], async (send, row) => {
    const isRefresh = row === 'nested, refresh_token';
    const { status } = await (isRefresh ? refreshedOnce : granted)(send, client, 'nested');
    const attributes = isRefresh ? refreshToken(client, spend(await newlyGranted(send, client, 'nested'))) : clientCredentials(client);
    expect(await send(createToken({ shape: 'nested', body: JSON.stringify({ data: { attributes } }) }))).toBeGranted(status);
  });
});

test(...requirement('CT-105'), async ({ judge, pause, settings: { client } }) => {
  const rows = bodyShapes.flatMap((shape) => resources.map((resource) => ({ name: `${shape}, ${resource}`, shape, resource })));
  await judge(rows, async (send, { shape, resource }) => {
    const token = await newlyGranted(send, client, shape);
    const request = fetchOf(resource, token);
    const exchange = await send(request, { fresh: true });
    const { status } = answered(exchange);
    const refused = status < 200 || status > 299;
    if (!refused) return;
    await pause(settlingMs);
    const later = answered((await ifAsked(() => send(request, { fresh: true }))) ?? exchange).status;
    const isAccepted = later >= 200 && later <= 299;
    // Where no other is accepted either, the fetch itself takes the blame.
    if (!isAccepted) await fetched(send, resource, await tokenFor(send, client));
    expect(exchange).toHold({
      pass: false,
      expected: 'a token that is accepted as soon as it is created',
      actual: `status ${status}, though ${isAccepted ? 'the same token is accepted' : `another token is accepted; ${later}`} ${settlingMs / 1000} s later`,
    });
  });
});

test(...requirement('CT-106'), async ({ judge, settings: { client } }) => {
  await judge(grants, async (send, row, again) => {
    const exchange = succeeded(await answerTo(send, client, row, again), plain[row.shape][row.grant]);
    const attributes = member(member(documentOf(exchange), 'data'), 'attributes');
    const accessToken = member(attributes, 'access_token');
    const renewal = member(attributes, 'refresh_token');
    if (typeof accessToken !== 'string' || typeof renewal !== 'string') {
      throw new Blocked('access_token or refresh_token is no string: see CT-102', 'CT-102');
    }
    const problems = [
      accessToken === '' && 'access_token is empty',
      renewal === '' && 'refresh_token is empty',
      accessToken !== '' && accessToken === renewal && 'access_token and refresh_token are the same',
      accessToken !== '' && !b64token.test(accessToken) && 'access_token is no b64token',
    ].filter((problem) => problem !== false);
    expect(exchange).toHold({
      pass: problems.length === 0,
      expected: 'an access_token that fits the b64token syntax and a refresh_token, neither empty, and different',
      actual: problems.join('; '),
    });
  });
});

test(...requirement('CT-107'), async ({ judge, settings: { client } }) => {
  await judge(grants, async (send, row, again) => {
    const { expiresIn, exchange } = await grantedBy(send, client, row, again);
    if (!Number.isInteger(expiresIn)) throw new Blocked('expires_in is no integer: see CT-102', 'CT-102');
    expect(exchange).toHold({
      pass: (expiresIn ?? 0) > 0,
      expected: 'an expires_in that is greater than 0',
      actual: `expires_in is ${expiresIn}`,
    });
  });
});

test(...requirement('CT-108'), async ({ judge, settings: { client } }) => {
  const rows = grants.flatMap((row) => resources.map((resource) => ({ ...row, name: `${row.name}, ${resource}`, resource })));
  await judge(rows, async (send, { resource, ...row }, again) => {
    const { exchange, id } = withId(await grantedBy(send, client, row, again));
    const related = relatedLink(documentOf(exchange), resource);
    if (related === undefined) return;
    // A link is a URL, too.
    segmentOf(id);
    const [path = ''] = related.split(/[?#]/, 1);
    expect(exchange).toHold({
      pass: [path, decoded(path)].some((each) => each.endsWith(`/oauth/token/${id}/${resource}`)),
      expected: `relationships.${resource}.links.related that ends in /oauth/token/${id}/${resource}`,
      actual: `it is ${related}`,
    });
  });
});

/** `links.related` of a relationship of the token; undefined where it is not given, or given wrongly (CT-102). */
function relatedLink(document: unknown, resource: (typeof resources)[number]): string | undefined {
  const relationship = member(member(member(document, 'data'), 'relationships'), resource);
  return linkText(member(member(relationship, 'links'), 'related')) || undefined;
}

test(...requirement('CT-109'), async ({ judge, settings: { client } }) => {
  const withInclude = bodyShapes.map((shape) => ({ name: `${shape}, include=groups`, shape, grant: 'include=groups' as const }));
  await judge([...grants, ...withInclude], async (send, { shape, grant }, again) => {
    const { exchange } =
      grant === 'include=groups'
        ? grantOf(await send(including(client, shape, 'groups')), inclusion(shape, 'groups'))
        : await grantedBy(send, client, { shape, grant }, again);
    const cacheControl = header(answered(exchange), 'cache-control');
    expect(exchange).toHold({
      pass: (cacheControl ?? '').toLowerCase().split(/[\s,]+/).includes('no-store'),
      expected: 'Cache-Control with no-store',
      actual: cacheControl === undefined ? 'no Cache-Control' : `Cache-Control: ${cacheControl}`,
    });
  });
});

test(...requirement('CT-110'), async ({ judge, settings: { client } }) => {
  await judge(['nested'], async (send) => {
    const { exchange } = await granted(send, client, 'nested');
    return `type ${JSON.stringify(member(member(documentOf(exchange), 'data'), 'type') ?? null)}`;
  });
});

test(...requirement('CT-111'), async ({ judge, settings: { client } }) => {
  await judge(bodyShapes, async (send, shape) => {
    const usual = await granted(send, client, shape);
    const control = await ifAsked(async () => grantOf(await send(including(client, shape, 'organization')), inclusion(shape, 'organization')));
    const exchange = await send(providersExample(client, shape, usual));
    expect(exchange).toBeGranted((control ?? usual).status);
    if (control) expectDocumented(exchange, control);
    const ofOrganization = async (token: Token) => `a token of organization ${(await organizationOf(send, token)).id}`;
    const expected = await ofOrganization(usual);
    const actual = await orRefused(grantOf(exchange, 'CT-111'), ofOrganization, () => newlyGranted(send, client, shape));
    expect(exchange).toHold({ pass: actual === expected, expected: `${expected}, the client's own`, actual });
  });
});

test(...requirement('CT-112'), async ({ judge, settings: { client } }) => {
  await judge(bodyShapes, async (send, shape) => {
    const token = await granted(send, client, shape);
    const attributes = clientCredentials(client);
    const exchange = await send(createToken({ shape, attributes, authorization: bearerOf(token) }));
    expect(exchange).toBeGranted(token.status);
    expectDocumented(exchange, token);
  });
});

test(...requirement('CT-113'), async ({ judge, settings: { client } }) => {
  await judge(bodyShapes, async (send, shape) => {
    const token = await granted(send, client, shape);
    const authorization = bearerOf({ ...token, accessToken: lookalike(token.accessToken) });
    const exchange = await send(createToken({ shape, attributes: clientCredentials(client), authorization }));
    return `${answered(exchange).status}${tokenOf(exchange) ? ' and a token' : ''}`;
  });
});

test(...requirement('CT-114'), async ({ judge, settings: { client, baseUrl } }) => {
  await judge(resources, async (send, resource) => {
    const token = await tokenFor(send, client);
    const related = relatedLink(documentOf(token.exchange), resource);
    if (related === undefined) return 'no links.related is given';
    if (!URL.canParse(related, token.exchange.url)) return 'links.related is no URL';
    const url = new URL(related, token.exchange.url);
    if (url.origin !== new URL(baseUrl).origin) return 'links.related leaves the origin of the target, and was not followed';
    if (!url.href.startsWith(`${baseUrl}/`)) return 'links.related stays on the origin, and leaves the base URL';
    const direct = await fetched(send, resource, token);
    const followed = await send({ ...direct.request, path: url.href.slice(baseUrl.length + 1) });
    const same = JSON.stringify(dataOf(followed)) === JSON.stringify(dataOf(direct));
    const { status } = followed.answer ?? { status: 'no answer' };
    return `links.related stays on the origin and gets ${status}, ${same ? 'the same' : 'other'} data as the fetch`;
  });
});

function dataOf(exchange: Exchange): unknown {
  return member(exchange.answer && wellFormedJson(exchange.answer)?.value, 'data');
}

test(...requirement('CT-115'), async ({ judge, settings: { client } }) => {
  await judge(['token', ...resources] as const, async (send, kind) => {
    const token = await tokenFor(send, client);
    const data = kind === 'token' ? { id: token.id } : dataOf(await fetched(send, kind, token));
    const id = text(member(Array.isArray(data) ? data[0] : data, 'id'));
    if (id === '') return 'no id was seen';
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return 'a hyphenated UUID';
    return /^[0-9a-z]+$/.test(id) ? 'lower-case letters and digits' : 'other characters than lower-case letters and digits';
  });
});

test(...requirement('CT-116'), async ({ judge, settings: { client } }) => {
  await judge(['nested'], async (send) => {
    await granted(send, client, 'nested');
    const body = JSON.stringify({ data: { type: 'oauth/token', attributes: clientCredentials(client) } });
    const exchange = await send(createToken({ shape: 'nested', body }));
    return `${nameOf(exchange)} gets ${answered(exchange).status}${tokenOf(exchange) ? ' and a token' : ''}`;
  });
});
