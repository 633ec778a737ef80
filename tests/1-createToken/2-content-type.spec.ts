import { documented, type BodyShape } from '../../contracts/documented.ts';
import { expect, requirement, test } from '../../kit/runner/fixtures.ts';
import { mediaType, type Answer } from '../../kit/target/exchange.ts';
import { answered, tokenOf } from '../../kit/judging/premises.ts';
import { bodyShapes, clientCredentials, createToken, refreshToken, shaped } from '../../kit/judging/requests.ts';
import { shownMediaType } from '../../kit/secrets/shown.ts';
import { granted, grantedRequest, plainAndMore, refreshWorks, satisfiesSchema, spend, workingShape } from '../given.ts';

const boundary = 'oauth-conformance-kit';

/** Content types that are not permitted, those that are easily mistaken for one included. */
const otherContentTypes = [
  'application/x-www-form-urlencoded',
  `multipart/form-data; boundary=${boundary}`,
  'text/plain',
  'text/json',
  'text/html',
  'application/xml',
  'text/xml',
  'application/octet-stream',
  'application/hal+json',
  'application/ld+json',
  'application/problem+json',
  'application/vnd.api+json-seq',
  'application/vnd.api+jsonp',
  'application/vnd.api',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/vnd.example+json',
  'application/json5',
  'application/x-json',
  'application/*',
  'json',
];

/** Attributes as a form would send them. */
function form(attributes: object, contentType: string): string | undefined {
  const entries = Object.entries(attributes).map(([name, value]) => [name, String(value)] as [string, string]);
  if (contentType.startsWith('application/x-www-form-urlencoded')) return new URLSearchParams(entries).toString();
  if (!contentType.startsWith('multipart/')) return undefined;
  const parts = entries.map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  return `${parts.join('')}--${boundary}--\r\n`;
}

test(...requirement('CT-201'), async ({ judge, settings: { client } }) => {
  const attributes = clientCredentials(client);
  const rows = otherContentTypes.flatMap((contentType) => {
    const native = form(attributes, contentType);
    const bodies = [...bodyShapes.map((shape) => [shape, JSON.stringify(shaped(shape, attributes))]), ...(native ? [['native', native]] : [])];
    return bodies.map(([kind = '', body = '']) => ({ name: `${contentType}, ${kind} body`, contentType, kind, body }));
  });
  const withMore = plainAndMore.flatMap((request) => (request.extra ? [{ name: `text/plain, ${request.shape} body, ${request.extra}`, request }] : []));
  const refreshes = bodyShapes.map((shape) => ({ name: `text/plain, ${shape} body, refresh_token`, refreshed: shape }));
  await judge([...rows, ...withMore, ...refreshes], async (send, row) => {
    if (!('body' in row)) {
      const request =
        'request' in row
          ? await grantedRequest(send, client, row.request)
          : { shape: row.refreshed, attributes: refreshToken(client, spend(await refreshWorks(send, client, row.refreshed))) };
      return expect(await send(createToken({ ...request, contentType: 'text/plain' }))).toBeRefused([403]);
    }
    const { contentType, kind, body } = row;
    const shape = kind === 'native' ? await workingShape(send, client) : (kind as BodyShape);
    await granted(send, client, shape);
    return expect(await send(createToken({ shape, body, contentType }))).toBeRefused([403]);
  });
});

test(...requirement('CT-202'), async ({ judge, settings: { client } }) => {
  await judge(plainAndMore, async (send, row) => {
    expect(await send(createToken({ ...(await grantedRequest(send, client, row)), contentType: null }))).toBeRefused([403]);
  });
});

/** A table of cases in which only the content type differs from a request that is granted. */
const accepted = {
  'CT-204': [
    { name: 'nested, in capitals', shape: 'nested', contentType: 'APPLICATION/VND.API+JSON' },
    { name: 'flat, in capitals', shape: 'flat', contentType: 'APPLICATION/JSON' },
    { name: 'nested, mixed', shape: 'nested', contentType: 'Application/vnd.API+json' },
    { name: 'flat, mixed', shape: 'flat', contentType: 'Application/Json' },
  ],
  'CT-205': [
    { name: 'flat', shape: 'flat', contentType: 'application/json; charset=utf-8' },
    { name: 'flat, no space, in capitals', shape: 'flat', contentType: 'application/json;charset=UTF-8' },
  ],
} as const;

for (const id of ['CT-204', 'CT-205'] as const) {
  test(...requirement(id), async ({ judge, settings: { client } }) => {
    await judge<(typeof accepted)[typeof id][number]>(accepted[id], async (send, { shape, contentType }) => {
      const { status } = await granted(send, client, shape);
      expect(await send(createToken({ shape, attributes: clientCredentials(client), contentType }))).toBeGranted(status);
    });
  });
}

test(...requirement('CT-206'), async ({ judge, settings: { client } }) => {
  const parameters = ['charset=utf-8', 'profile="https://example.com/profile"', 'ext=bulk'];
  await judge(parameters, async (send, parameter) => {
    await granted(send, client, 'nested');
    const contentType = `application/vnd.api+json; ${parameter}`;
    const exchange = await send(createToken({ shape: 'nested', attributes: clientCredentials(client), contentType }));
    return `${answered(exchange).status}${tokenOf(exchange) ? ' and a token' : ''}`;
  });
});

test(...requirement('CT-207'), async ({ judge, settings: { client } }) => {
  const rows = bodyShapes.flatMap((shape) =>
    [null, '*/*', 'application/json'].map((accept) => ({ name: `${shape}, Accept ${accept ?? 'absent'}`, shape, accept })),
  );
  await judge(rows, async (send, { shape, accept }) => {
    const control = await granted(send, client, shape);
    const exchange = await send(createToken({ shape, attributes: clientCredentials(client), accept }));
    expect(exchange).toBeGranted(control.status);
    const [answer, usual] = [exchange, control.exchange].map(answered) as [Answer, Answer];
    expect(exchange).toHold({
      pass: mediaType(answer) === mediaType(usual),
      expected: `media type ${shownMediaType(usual) ?? 'missing'}, as with Accept: application/vnd.api+json`,
      actual: `media type ${shownMediaType(answer) ?? 'missing'}`,
    });
    if (satisfiesSchema(control)) expect(exchange).toSatisfy(documented.createToken.schema);
  });
});
