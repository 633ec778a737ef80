import { documented } from '../../contracts/documented.ts';
import { bytes, type Exchange } from '../../kit/exchange.ts';
import { expect, requirement, test, type Send } from '../../kit/fixtures.ts';
import { clientSecretsSent, leakIn } from '../../kit/leaks.ts';
import { whatIsGiven } from '../../kit/matchers.ts';
import { tokenOf } from '../../kit/premises.ts';
import { isSearched } from '../../kit/redaction.ts';
import { bodyShapes, clientCredentials, createToken } from '../../kit/requests.ts';
import type { Client } from '../../kit/settings.ts';
import { granted, tokenFor } from '../given.ts';
import { judgeAll, operationOf, provokeFetchRefusals, provokeRefusals, type Fact } from './record.ts';
import {
  challenges,
  hasJsonApiMediaType,
  hidesInternals,
  isAnyErrorDocument,
  isErrorDocument,
  isRefusal,
  statusesAgree,
} from './refusals.ts';

const operations = [
  { operation: 'createToken', resource: undefined, ids: { document: 'CT-701', status: 'CT-702', type: 'CT-704', internals: 'CT-706', other: 'CT-709' } },
  { operation: 'fetchTokenGroups', resource: 'groups', ids: { document: 'TG-501', status: 'TG-502', type: 'TG-504', internals: 'TG-506', other: 'TG-507' } },
  { operation: 'fetchTokenOrganization', resource: 'organization', ids: { document: 'TO-501', status: 'TO-502', type: 'TO-504', internals: 'TO-506', other: 'TO-507' } },
] as const;

/** Makes sure that the operation has refused something, also where a filter has left out the checks that make it. */
async function provoke(send: Send, client: Client, resource: (typeof operations)[number]['resource']): Promise<void> {
  if (resource === undefined) return provokeRefusals(send, client);
  const { id, accessToken } = await tokenFor(send, client);
  return provokeFetchRefusals(send, resource, id, accessToken);
}

// Ahead of what is judged over every refusal, these included.
test(...requirement('CT-708'), async ({ judge, settings: { client } }) => {
  const rows = bodyShapes.flatMap((shape) => ['GET', 'PUT', 'PATCH', 'DELETE'].map((method) => ({ name: `${shape}, ${method}`, shape, method })));
  await judge(rows, async (send, { shape, method }) => {
    await granted(send, client, shape);
    const request = { ...createToken({ shape, attributes: clientCredentials(client) }), method };
    const exchange = await send(request);
    expect(exchange).toBeRefused();
    const held = bytes(exchange.answer ?? {}).toString();
    expect(exchange).toHold({ pass: !held.includes('"access_token"'), expected: 'no token', actual: 'a token in the body' });
  });
});

for (const { operation, resource, ids } of operations) {
  const { refusals } = documented[operation];
  const isDocumented = ({ answer }: Exchange) => refusals.includes(answer?.status ?? 0);
  const facts: Readonly<Record<keyof typeof ids, (exchange: Exchange) => Fact>> = {
    document: (exchange) => (isDocumented(exchange) ? isErrorDocument(exchange, 'ErrorDocument') : undefined),
    status: statusesAgree,
    type: (exchange) => (isDocumented(exchange) ? hasJsonApiMediaType(exchange) : undefined),
    internals: hidesInternals,
    other: (exchange) => (isDocumented(exchange) ? undefined : isAnyErrorDocument(exchange)),
  };
  for (const kind of Object.keys(ids) as (keyof typeof ids)[]) {
    test(...requirement(ids[kind]), async ({ judge, record, settings: { client } }) => {
      await judge(['every refusal'], async (send, _, again) => {
        await provoke(send, client, resource);
        await judgeAll(await record(), send, again, (exchange) =>
          isRefusal(exchange) && operationOf(exchange) === operation ? facts[kind](exchange) : undefined,
        );
      });
    });
  }
}

test(...requirement('CT-504'), async ({ judge, record, settings: { client } }) => {
  await judge(['every refusal'], async (send, _, again) => {
    await provokeRefusals(send, client);
    const everything = await record();
    const issued = tokensIn(everything.exchanges);
    await judgeAll(everything, send, again, (exchange) => {
      const { answer } = exchange;
      if (!isRefusal(exchange) || !answer || operationOf(exchange) !== 'createToken') return undefined;
      const place = leakIn(exchange, clientSecretsSent(exchange.request));
      const told = [...answer.headers.map(([, value]) => value), bytes(answer).toString()].join('\n');
      const token = whatIsGiven(exchange) === 'a token' || issued.some((each) => told.includes(each));
      const { status } = answer;
      return {
        pass: place === undefined && !token,
        expected: 'a refusal without the secret that was sent, and without a token',
        actual: place === undefined ? `a ${status} with a token` : `a ${status} with the secret in ${place}`,
      };
    });
  });
});

/** All tokens that were issued and can be told from prose. */
function tokensIn(exchanges: readonly Exchange[]): string[] {
  const tokens = exchanges.flatMap((exchange) => tokenOf(exchange) ?? []);
  const values = tokens.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]);
  return [...new Set(values)].filter(isSearched);
}

test(...requirement('CT-707'), async ({ judge, record, settings: { client } }) => {
  await judge(['every 401'], async (send, _, again) => {
    await provokeRefusals(send, client);
    await judgeAll(await record(), send, again, (exchange) =>
      isRefusal(exchange) && operationOf(exchange) === 'createToken' ? challenges(exchange) : undefined,
    );
  });
});
