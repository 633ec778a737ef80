import { documented } from '../../contracts/documented.ts';
import { expect, requirement, test } from '../../kit/fixtures.ts';
import { clientCredentials, createToken, shaped } from '../../kit/requests.ts';
import { accessOf, granted, orRefusal, succeeded } from '../given.ts';

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

// The shape that a content type is crossed with: the request differs from a granted one in its body alone.
for (const [id, shape, crossed] of [
  ['CT-303', 'flat', 'nested'],
  ['CT-304', 'nested', 'flat'],
] as const) {
  test(...requirement(id), async ({ judge, settings: { client } }) => {
    await judge([`${crossed} body, content type of ${shape}`], async (send) => {
      await granted(send, client, shape);
      const body = JSON.stringify(shaped(crossed, clientCredentials(client)));
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
