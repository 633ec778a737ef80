import { documented, type BodyShape } from '../../contracts/documented.ts';
import { expect, requirement, test, type Send } from '../../kit/runner/fixtures.ts';
import type { Exchange } from '../../kit/target/exchange.ts';
import { lookalike, withoutLast } from '../../kit/judging/lookalike.ts';
import { answered, Blocked, ifAsked, NotAsked, Skipped, tokenOf } from '../../kit/judging/premises.ts';
import { bodyShapes, createToken, refreshToken } from '../../kit/judging/requests.ts';
import type { Client, Settings } from '../../kit/settings/settings.ts';
import {
  accessOf,
  expectUsualMediaType,
  granted,
  grantOf,
  inTurn,
  newlyGranted,
  orRefused,
  otherClientOf,
  otherToken,
  plain,
  refresh,
  refreshed,
  refreshWorks,
  spend,
  workingShape,
} from '../given.ts';

for (const shape of bodyShapes) {
  test(...requirement(plain[shape].refresh_token), async ({ judge, settings: { client } }) => {
    await judge([shape, `${shape}, of a refreshed token`], inTurn(async (send, row) => {
      const first = await refresh(send, client, shape);
      const exchange = row === shape ? first : await refreshAgain(send, first);
      expect(exchange).toHaveStatus(201);
      expectUsualMediaType(exchange, await granted(send, client, shape));
      expect(exchange).toSatisfy(documented.createToken.schema);
    }));

    async function refreshAgain(send: Send, exchange: Exchange): Promise<Exchange> {
      const { accessToken, refreshToken: token } = grantOf(exchange, plain[shape].refresh_token);
      if (token === accessToken) throw new Blocked('it is the same as the access token: see CT-106', 'CT-106');
      if (!token) throw new Blocked(`the refreshed token has no refresh token: see ${plain[shape].refresh_token}`, plain[shape].refresh_token);
      return send(createToken({ shape, attributes: refreshToken(client, token) }), { fresh: true });
    }
  });
}

test(...requirement('CT-602'), async ({ judge, settings: { client } }) => {
  await judge(bodyShapes, inTurn(async (send, shape) => {
    const token = await refreshed(send, client, shape);
    const wanted = await accessOf(send, await granted(send, client, shape));
    const fetches = await orRefused(token, (each) => accessOf(send, each), () => newlyGranted(send, client, shape));
    expect(token.exchange).toHold({
      pass: fetches === wanted,
      expected: `an access token for ${wanted}`,
      actual: fetches,
    });
  }));
});

/** Who asks for a refresh that is to be refused: each has a refresh token that was not used yet. */
function askers(settings: Settings) {
  const asker = async (send: Send, client: Client, shape: BodyShape) => ({ client, shape, token: await refreshWorks(send, client, shape) });
  return [
    ...bodyShapes.map((shape) => ({ name: shape as string, ask: (send: Send) => asker(send, settings.client, shape) })),
    { name: 'the second client', ask: async (send: Send) => asker(send, (await secondClient(send, settings)).client, await workingShape(send, settings.client)) },
  ];
}

/** The second client, for what can be judged without one as well. */
async function secondClient(send: Send, settings: Settings) {
  return otherToken(send, settings).catch((error: unknown) => {
    throw error instanceof Blocked ? new Skipped(error.message) : error;
  });
}

test(...requirement('CT-603'), async ({ judge, settings }) => {
  const unknown: Readonly<Record<string, (token: string) => string>> = {
    'made up': lookalike,
    'one character less': withoutLast,
    'one character more': (token) => `${token}x`,
  };
  const rows = askers(settings).flatMap(({ name, ask }) => Object.entries(unknown).map(([what, edit]) => ({ name: `${name}: ${what}`, ask, edit })));
  await judge(rows, async (send, { ask, edit }) => {
    const { client, shape, token } = await ask(send);
    const attributes = refreshToken(client, edit(token.refreshToken));
    expect(await send(createToken({ shape, attributes }))).toBeRefused(documented.createToken.refusals);
  });
});

test(...requirement('CT-604'), async ({ judge, settings }) => {
  const rows = bodyShapes.flatMap((shape) => [{ name: shape, shape }, { name: `${shape}, the second client asks`, shape, asksAsSecond: true }]);
  await judge(rows, inTurn(async (send, { shape, ...row }) => {
    otherClientOf(settings);
    const other = await otherToken(send, settings);
    const [asking, owner] = 'asksAsSecond' in row ? [other.client, settings.client] : [settings.client, other.client];
    await refreshWorks(send, asking, shape);
    const foreign = await ifAsked(() => newlyGranted(send, owner, shape));
    if (!foreign && asking === other.client) throw new NotAsked();
    const attributes = refreshToken(asking, (foreign ?? other).refreshToken);
    expect(await send(createToken({ shape, attributes }))).toBeRefused(documented.createToken.refusals);
  }));
});

test(...requirement('CT-605'), async ({ judge, settings }) => {
  await judge(askers(settings), async (send, { ask }) => {
    const { client, shape, token } = await ask(send);
    const { accessToken, refreshToken: own } = token;
    if (accessToken === own) throw new Blocked('it is the same as the refresh token: see CT-106', 'CT-106');
    expect(await send(createToken({ shape, attributes: refreshToken(client, accessToken) }))).toBeRefused();
  });
});

test(...requirement('CT-607'), async ({ judge, settings: { client } }) => {
  await judge(bodyShapes, inTurn(async (send, shape) => {
    await refreshWorks(send, client, shape);
    const first = await newlyGranted(send, client, shape);
    const request = createToken({ shape, attributes: refreshToken(client, spend(first)) });
    const second = tokenOf(await send(request));
    if (!second) return 'the refresh gives no token';
    const again = await send(request, { fresh: true });
    const rotates = second.refreshToken === first.refreshToken ? 'refresh tokens do not rotate' : 'refresh tokens rotate';
    return `${rotates}; the old one gets ${answered(again).status}`;
  }));
});

test(...requirement('CT-608'), async ({ judge, settings: { client } }) => {
  await judge(bodyShapes, inTurn(async (send, shape) => {
    await refreshWorks(send, client, shape);
    const token = await newlyGranted(send, client, shape);
    const { client_secret: _, ...attributes } = refreshToken(client, spend(token));
    const exchange = await send(createToken({ shape, attributes }));
    return `${answered(exchange).status}${tokenOf(exchange) ? ' and a token' : ''}`;
  }));
});

