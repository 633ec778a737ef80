import { documented } from '../../contracts/documented.ts';
import type { Operation } from '../../contracts/requirements/index.ts';
import { bytes, type Exchange } from '../../kit/target/exchange.ts';
import { requirement, test } from '../../kit/runner/fixtures.ts';
import type { CheckFixtures, Send } from '../../kit/judging/judge.ts';
import { clientSecretsSent, leakIn } from '../../kit/judging/leaks.ts';
import { whatIsGiven } from '../../kit/judging/matchers.ts';
import { operationOf } from '../../kit/target/operation.ts';
import { tokenOf } from '../../kit/judging/premises.ts';
import { isSearched } from '../../kit/secrets/redaction.ts';
import type { Client } from '../../kit/settings/settings.ts';
import { contains } from '../../kit/judging/words.ts';
import { tokenFor } from '../given.ts';
import { judgeAll, judgeProvoked, provokeFetchRefusals, provokeRefusals, type Fact } from './record.ts';
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
  { operation: 'createToken', ids: { document: 'CT-701', status: 'CT-702', type: 'CT-704', internals: 'CT-706', other: 'CT-709' } },
  { operation: 'fetchTokenGroups', ids: { document: 'TG-501', status: 'TG-502', type: 'TG-504', internals: 'TG-506', other: 'TG-507' } },
  { operation: 'fetchTokenOrganization', ids: { document: 'TO-501', status: 'TO-502', type: 'TO-504', internals: 'TO-506', other: 'TO-507' } },
] as const;

/** Makes sure that the operation has refused something, also where a filter has left out the checks that make it. */
async function provoke(send: Send, client: Client, operation: Operation): Promise<void> {
  if (operation === 'createToken') return provokeRefusals(send, client);
  const { id, accessToken } = await tokenFor(send, client);
  return provokeFetchRefusals(send, operation === 'fetchTokenGroups' ? 'groups' : 'organization', id, accessToken);
}

/** The case of a check that judges a fact over every refusal of an operation. */
function everyRefusal(operation: Operation, { record, settings }: Pick<CheckFixtures, 'record' | 'settings'>, fact: (exchange: Exchange) => Fact) {
  return (send: Send, _: string, again: boolean) =>
    judgeProvoked(
      () => provoke(send, settings.client, operation),
      async () =>
        judgeAll(await record(), send, again, (exchange) =>
          isRefusal(exchange) && operationOf(exchange) === operation ? fact(exchange) : undefined,
        ),
    );
}

for (const { operation, ids } of operations) {
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
    test(...requirement(ids[kind]), async ({ judge, record, settings }) => {
      await judge(['every refusal'], everyRefusal(operation, { record, settings }, facts[kind]));
    });
  }
}

test(...requirement('CT-504'), async ({ judge, record, settings }) => {
  const { exchanges } = await record();
  const issued = tokensIn(exchanges);
  const keepsSecrets = (exchange: Exchange) => {
    const { answer } = exchange;
    if (!answer) return undefined;
    const place = leakIn(exchange, clientSecretsSent(exchange.request));
    const told = [...answer.headers.map(([, value]) => value), bytes(answer).toString()].join('\n');
    const token = whatIsGiven(exchange) === 'a token' || issued.some((each) => contains(told, each));
    return {
      pass: place === undefined && !token,
      expected: 'a refusal without the secret that was sent, and without a token',
      actual: place === undefined ? `a ${answer.status} with a token` : `a ${answer.status} with the secret in ${place}`,
    };
  };
  await judge(['every refusal'], everyRefusal('createToken', { record, settings }, keepsSecrets));
});

/** So much of a token is searched for, in characters: the beginning of a long one is as much of a leak, and quickly found. */
const longestSearched = 64;

/** All tokens that were issued and can be told from prose. */
function tokensIn(exchanges: readonly Exchange[]): string[] {
  const tokens = exchanges.flatMap((exchange) => tokenOf(exchange) ?? []);
  const values = tokens.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken].map((token) => token.slice(0, longestSearched)));
  return [...new Set(values)].filter(isSearched);
}

test(...requirement('CT-707'), async ({ judge, record, settings }) => {
  await judge(['every 401'], everyRefusal('createToken', { record, settings }, challenges));
});
