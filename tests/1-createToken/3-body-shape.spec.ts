import { documented, type BodyShape } from '../../contracts/documented.ts';
import { expect, requirement, test, type Send } from '../../kit/runner/fixtures.ts';
import { clientCredentials, createToken, refreshToken, shaped, type Attributes } from '../../kit/judging/requests.ts';
import type { Client } from '../../kit/settings/settings.ts';
import { accessOf, granted, newlyGranted, orRefusal, refreshedOnce, spend, succeeded } from '../given.ts';

test(...requirement('CT-301'), async ({ judge, settings: { client } }) => {
  await judge(['flat'], async (send) => {
    expect(await send(createToken({ shape: 'flat', attributes: clientCredentials(client) }))).toHaveStatus(201);
  });
});

test(...requirement('CT-302'), async ({ judge, settings: { client } }) => {
  await judge(['flat'], async (send) => {
    const exchange = await send(createToken({ shape: 'flat', attributes: clientCredentials(client) }));
    expect(succeeded(exchange, 'CT-301')).toHaveJsonApiMediaType();
    expect(exchange).toSatisfy(documented.createToken.schema);
  });
});

/** The attributes of a refresh that would be granted. */
async function refreshAttributes(send: Send, client: Client, shape: BodyShape): Promise<Attributes> {
  await refreshedOnce(send, client, shape);
  return refreshToken(client, spend(await newlyGranted(send, client, shape)));
}

// The shape that a content type is crossed with: the request differs from a granted one in its body alone.
for (const [id, shape, crossed] of [
  ['CT-303', 'flat', 'nested'],
  ['CT-304', 'nested', 'flat'],
] as const) {
  test(...requirement(id), async ({ judge, settings: { client } }) => {
    const name = `${crossed} body, content type of ${shape}`;
    const withoutType = `${name}, without type`;
    await judge([name, `${name}, refresh_token`, ...(crossed === 'nested' ? [withoutType] : [])], async (send, row) => {
      await granted(send, client, shape);
      const attributes = row === `${name}, refresh_token` ? await refreshAttributes(send, client, shape) : clientCredentials(client);
      const body = JSON.stringify(row === withoutType ? { data: { attributes } } : shaped(crossed, attributes));
      expect(await send(createToken({ shape, body }))).toBeRefused(documented.createToken.refusals);
    });
  });
}

test(...requirement('CT-305'), async ({ judge, settings: { client } }) => {
  await judge(['nested and flat'], async (send) => {
    const [nested, flat] = await Promise.all([granted(send, client, 'nested'), granted(send, client, 'flat')]);
    const byNested = await accessOf(send, nested);
    // The fetches have just worked, so that the blame is not theirs where they refuse the other token.
    const byFlat = await accessOf(send, flat).catch(orRefusal);
    expect(flat.exchange).toHold({
      pass: byNested === byFlat,
      expected: `a token for ${byNested}, as by a nested request`,
      actual: byFlat,
    });
  });
});
