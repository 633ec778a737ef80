import { documented, type BodyShape } from '../../contracts/documented.ts';
import { expect, requirement, test, type Send } from '../../kit/runner/fixtures.ts';
import { firstHalf, lookalike, otherCase, withoutLast } from '../../kit/judging/lookalike.ts';
import { answered, Skipped, tokenOf } from '../../kit/judging/premises.ts';
import { bodyShapes, clientCredentials, createToken, refreshToken } from '../../kit/judging/requests.ts';
import type { Client } from '../../kit/settings/settings.ts';
import { granted, grantedRequest, newlyGranted, otherClientOf, outline, plainAndMore, refreshWorks, refusedFirst, unknownClient, withSecret, type PlainOrMore } from '../given.ts';
import { lockoutGuard } from './lockout.ts';

/** A client_credentials request of a client that does not exist. */
function withUnknownClient(client: Client, shape: BodyShape) {
  return createToken({ shape, attributes: clientCredentials(unknownClient(client)) });
}

test(...requirement('CT-501'), async ({ judge, settings: { client } }) => {
  const attributes = clientCredentials({ ...client, secret: lookalike(client.secret) });
  const requestOf = async (send: Send, row: PlainOrMore) => createToken({ ...(await grantedRequest(send, client, row)), attributes });
  const notLockedOut = lockoutGuard(client, async (send) => {
    const requests = await Promise.allSettled(plainAndMore.map((row) => requestOf(send, row)));
    return requests.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  });
  await judge(plainAndMore, async (send, row) => {
    const request = await requestOf(send, row);
    await notLockedOut(send);
    expect(await send(request)).toBeRefused([401]);
  });
});

test(...requirement('CT-502'), async ({ judge, settings: { client } }) => {
  const unknown: Readonly<Record<string, string>> = { 'another': unknownClient(client).id, 'one character less': withoutLast(client.id), 'one character more': `${client.id}x` };
  const rows = bodyShapes.flatMap((shape) => Object.entries(unknown).map(([what, id]) => ({ name: what === 'another' ? shape : `${shape}: ${what}`, shape, id })));
  await judge(rows, async (send, { shape, id }) => {
    // An id of one character has none that is shorter.
    if (id === '') throw new Skipped('the id of the client has one character');
    await granted(send, client, shape);
    expect(await send(createToken({ shape, attributes: clientCredentials({ ...client, id }) }))).toBeRefused([401]);
  });
});

test(...requirement('CT-503'), async ({ judge, settings }) => {
  const { client, otherClient } = settings;
  const misses: Readonly<Record<string, string>> = {
    'without its last character': withoutLast(client.secret),
    'its first half': firstHalf(client.secret),
    'one character more': `${client.secret}x`,
    'in the other case': otherCase(client.secret),
    'a space before it': ` ${client.secret}`,
    'a space after it': `${client.secret} `,
    'empty': '',
    "another client's": otherClient?.secret ?? '',
  };
  const rows = bodyShapes.flatMap((shape) =>
    Object.entries(misses)
      .filter(([, secret]) => secret !== client.secret)
      .map(([name, secret]) => ({ name: `${shape}: ${name}`, shape, secret, other: name === "another client's" })),
  );
  const asked = rows.filter(({ other }) => !other || otherClient);
  const notLockedOut = lockoutGuard(client, () => asked.map(({ shape, secret }) => withSecret(client, shape, secret)));
  await judge(rows, async (send, { shape, secret, other }) => {
    if (other) otherClientOf(settings);
    await granted(send, client, shape);
    await notLockedOut(send);
    expect(await send(withSecret(client, shape, secret))).toBeRefused();
  });
});

test(...requirement('CT-505'), async ({ judge, settings: { client } }) => {
  const request = (shape: BodyShape) => withSecret(client, shape, lookalike(client.secret));
  const notLockedOut = lockoutGuard(client, () => bodyShapes.map(request));
  await judge(bodyShapes, async (send, shape) => {
    await granted(send, client, shape);
    await notLockedOut(send);
    const [wrong, unknown] = [await send(request(shape)), await send(withUnknownClient(client, shape))];
    refusedFirst(wrong, 'CT-501');
    refusedFirst(unknown, 'CT-502');
    expect(wrong).toHold({
      pass: outline(wrong) === outline(unknown),
      expected: `the answer that an unknown client gets: ${outline(unknown)}`,
      actual: outline(wrong),
    });
  });
});

test(...requirement('CT-506'), async ({ judge, settings: { client } }) => {
  const inTheUrl = [
    { what: 'id and secret', names: ['client_id', 'client_secret'], by: 'CT-401' },
    { what: 'the secret alone', names: ['client_secret'], by: 'CT-402' },
    { what: 'every attribute', names: ['grant_type', 'client_id', 'client_secret'], by: 'CT-403' },
    { what: 'every attribute, and no body', names: ['grant_type', 'client_id', 'client_secret'], by: 'CT-408', noBody: true },
  ] as const;
  const rows = bodyShapes.flatMap((shape) => inTheUrl.map((row) => ({ ...row, name: `${shape}: ${row.what}`, shape })));
  await judge(rows, async (send, { shape, names, by, ...row }) => {
    await granted(send, client, shape);
    const moved = (name: string) => names.some((each) => each === name);
    const all = Object.entries(clientCredentials(client) as Record<string, string>);
    const attributes = Object.fromEntries(all.filter(([name]) => !moved(name)));
    const query = new URLSearchParams(all.filter(([name]) => moved(name))).toString();
    const options = 'noBody' in row ? { shape, body: null } : { shape, attributes };
    // A target that does without what is missing honours no URL.
    refusedFirst(await send(createToken(options)), by);
    expect(await send(createToken({ ...options, query }))).toBeRefused();
  });
});

test(...requirement('CT-507'), async ({ judge, settings: { client } }) => {
  await judge(bodyShapes, async (send, shape) => {
    await granted(send, client, shape);
    const authorization = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
    const exchange = await send(createToken({ shape, attributes: { grant_type: 'client_credentials' }, authorization }));
    return `${answered(exchange).status}${tokenOf(exchange) ? ' and a token' : ''}`;
  });
});

test(...requirement('CT-609'), async ({ judge, settings: { client } }) => {
  const notLockedOut = lockoutGuard(client, () => []);
  await judge(bodyShapes, async (send, shape) => {
    await refreshWorks(send, client, shape);
    const { refreshToken: token } = await newlyGranted(send, client, shape);
    const wrong = { ...client, secret: lookalike(client.secret) };
    const exchange = await send(createToken({ shape, attributes: refreshToken(wrong, token) }));
    await notLockedOut(send);
    expect(exchange).toBeRefused();
  });
});

test(...requirement('CT-610'), async ({ judge, settings: { client } }) => {
  await judge(bodyShapes, async (send, shape) => {
    const { refreshToken: token } = await refreshWorks(send, client, shape);
    const exchange = await send(createToken({ shape, attributes: refreshToken(unknownClient(client), token) }));
    expect(exchange).toBeRefused(documented.createToken.refusals);
  });
});
