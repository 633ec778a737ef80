import { allowedStatuses, documented, jsonApiMediaType } from '../../contracts/documented.ts';
import type { Operation, RequirementId } from '../../contracts/requirements/index.ts';
import { header, isNoVerdict, mediaType, type Exchange } from '../../kit/exchange.ts';
import { expect, requirement, test } from '../../kit/fixtures.ts';
import { isLoopback } from '../../kit/loopback.ts';
import { leakIn, secretsSent } from '../../kit/leaks.ts';
import { answered, Blocked, isDeclaredJson, member, Skipped, text, tokenOf, wellFormedJson } from '../../kit/premises.ts';
import { clientCredentials, createToken } from '../../kit/requests.ts';
import {
  fetched,
  fetchOf,
  newlyGranted,
  newTokenFor,
  organizationOf,
  otherClientOf,
  otherToken,
  resourcesIn,
  tokenFor,
  workingShape,
  type Grant,
} from '../given.ts';
import type { Client } from '../../kit/settings.ts';
import { judgeAll, operationOf, type Fact } from './record.ts';

const operations: readonly Operation[] = ['createToken', 'fetchTokenGroups', 'fetchTokenOrganization'];

/** Requirements that are one fact of each exchange. */
const facts: Readonly<Partial<Record<RequirementId, (exchange: Exchange) => Fact>>> = {
  'X-101': ({ answer }) =>
    answer && {
      pass: answer.status < 500 || isNoVerdict(answer.status),
      expected: 'an answer that is no server error',
      actual: `status ${answer.status}`,
    },
  'X-103': ({ answer, request }) => {
    const bodyless = request.method === 'HEAD' || answer?.status === 204 || answer?.status === 304;
    if (!answer || bodyless || !isDeclaredJson(answer)) return undefined;
    return {
      pass: wellFormedJson(answer) !== undefined,
      expected: 'well-formed JSON in UTF-8',
      actual: `status ${answer.status} with a body declared as ${mediaType(answer)} that is not`,
    };
  },
  'X-105': (exchange) => {
    const secrets = secretsSent(exchange.request);
    if (!exchange.answer || secrets.length === 0) return undefined;
    const place = leakIn(exchange, secrets);
    return {
      pass: place === undefined,
      expected: 'an answer without the client secret or bearer token that was sent',
      actual: `status ${exchange.answer.status} with it in ${place}`,
    };
  },
  'X-112': ({ answer }) => {
    if (!answer || mediaType(answer) !== jsonApiMediaType) return undefined;
    const contentType = header(answer, 'content-type') ?? '';
    return { pass: !contentType.includes(';'), expected: `${jsonApiMediaType} without parameters`, actual: contentType };
  },
};

for (const id of Object.keys(facts) as RequirementId[]) {
  test(...requirement(id), async ({ judge, record, settings: { client } }) => {
    await judge(operations, async (send, operation, again) => {
      await someOf(operation);
      await judgeAll(await record(), send, again, (exchange) =>
        operationOf(exchange) === operation ? facts[id]?.(exchange) : undefined,
      );

      // Also where a filter has left out every other check, each operation was asked once.
      async function someOf(asked: Operation): Promise<void> {
        if (asked === 'createToken') return;
        const token = await tokenFor(send, client).catch(() => undefined);
        if (token) await send(fetchOf(asked === 'fetchTokenGroups' ? 'groups' : 'organization', token));
      }
    });
  });
}

/**
 * The statuses that a requirement allows beyond the documented ones. Ids that the caller may not read are also sent to
 * compare refusals and to have some, and are answered there as they are at TG-302 and TO-302.
 */
function allowedAt(requirementId: string): readonly number[] {
  const id = requirementId.replace(/^(T[GO])-(304|305|50\d)$/, '$1-302');
  return allowedStatuses[id as RequirementId] ?? [];
}

test(...requirement('X-102'), async ({ judge, record }) => {
  await judge(operations, async (send, operation, again) => {
    const { success, refusals } = documented[operation];
    const everything = await record();
    // A status that another requirement was found violated by is blamed there, wherever else it stands.
    const blamed = everything.exchanges
      .filter((exchange) => everything.blamed.includes(exchange.id) && operationOf(exchange) === operation)
      .map(({ answer }) => answer?.status);
    await judgeAll(everything, send, again, (exchange) => {
      const { answer, sentBy } = exchange;
      if (!answer || operationOf(exchange) !== operation || answer.status >= 500 || isNoVerdict(answer.status)) return undefined;
      if (blamed.includes(answer.status)) return undefined;
      const allowed = [success, ...refusals, ...allowedAt(sentBy.requirement)];
      return { pass: allowed.includes(answer.status), expected: `status ${allowed.join(', ')}`, actual: `status ${answer.status}` };
    });
  });
});

test(...requirement('X-107'), async ({ judge, record }) => {
  await judge(['every answer'], async (send, _, again) => {
    const seen = new Map<string, number>();
    await judgeAll(await record(), send, again, ({ id, answer }) => {
      const requestId = text(member(member(answer && wellFormedJson(answer)?.value, 'meta'), 'req_id'));
      if (!requestId) return undefined;
      const before = seen.get(requestId);
      seen.set(requestId, before ?? id);
      return {
        pass: before === undefined || before === id,
        expected: 'a meta.req_id of its own',
        actual: `the meta.req_id of exchange ${before}`,
      };
    });
  });
});

/** How many tokens are created at once for each client. */
const atOnce = 8;

test(...requirement('X-108'), async ({ judge, settings }) => {
  await judge(['one client', 'both clients'], async (send, row) => {
    if (row === 'both clients') otherClientOf(settings);
    const expected = async (client: Client, token: Grant) => ({
      client,
      organization: await organizationOf(send, token),
      status: answered(await fetched(send, 'organization', token)).status,
    });
    const wanted = await Promise.all([
      tokenFor(send, settings.client).then((token) => expected(settings.client, token)),
      ...(row === 'both clients' ? [otherToken(send, settings).then((token) => expected(token.client, token))] : []),
    ]);
    const shape = await workingShape(send, settings.client);
    // Taken in turns, so that the clients meet each other.
    const turns = Array.from({ length: atOnce }, () => wanted).flat();
    const tokens = await Promise.all(
      turns.map(async ({ client, ...others }) => ({ ...others, token: await newlyGranted(send, client, shape) })),
    );
    for (const { organization, status, token } of tokens) {
      if (!token.id) throw new Blocked('the token resource has no id: see CT-102', 'CT-102');
      const exchange = await send(fetchOf('organization', token));
      const answer = answered(exchange);
      // Where a new token is refused that was created alone, it is not for the others that this one is.
      if (answer.status !== status) await fetched(send, 'organization', await newTokenFor(send, settings.client));
      const [{ id } = { id: '' }] = resourcesIn(member(wellFormedJson(answer)?.value, 'data'));
      expect(exchange).toHold({
        pass: answer.status === status && id === organization.id,
        expected: `status ${status} and organization ${organization.id} for a token that was created at the same time as others`,
        actual: `status ${answer.status} and organization ${id || '(none)'}`,
      });
    }
  });
});

test(...requirement('X-109'), async ({ judge, settings: { baseUrl } }) => {
  await judge(['plain HTTP'], async (send) => {
    const { hostname, protocol } = new URL(baseUrl);
    if (isLoopback(hostname)) throw new Skipped('the target is on loopback, where HTTPS is not needed');
    const madeUp = { id: 'oauth-conformance-kit', secret: 'made-up-credentials' };
    const request = createToken({ shape: 'nested', attributes: clientCredentials(madeUp) });
    const exchange = await send(request, { plainHttp: true });
    expect(exchange).toHold({ pass: protocol === 'https:', expected: 'a target with an https URL', actual: `the URL ${baseUrl}` });
    const { answer } = exchange;
    const document = answer && wellFormedJson(answer)?.value;
    const own = answer && mediaType(answer) === jsonApiMediaType && (member(document, 'errors') ?? member(document, 'data')) !== undefined;
    expect(exchange).toHold({
      pass: !own && !tokenOf(exchange),
      expected: 'no answer of the contract over plain HTTP',
      actual: `status ${answer?.status} with a document of the contract, over plain HTTP`,
    });
  });
});

test(...requirement('X-110'), async ({ judge, record }) => {
  await judge(operations, async (_, operation) => {
    const { exchanges, cause } = await record();
    if (cause) throw new Blocked(cause.message);
    const durations = exchanges
      .filter((exchange) => exchange.answer && operationOf(exchange) === operation)
      .map(({ durationMs }) => durationMs)
      .toSorted((a, b) => a - b);
    if (durations.length === 0) throw new Skipped('the operation was not asked');
    const at = (share: number) => Math.round(durations[Math.ceil(durations.length * share) - 1] ?? 0);
    return `median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, maximum ${at(1)} ms, of ${durations.length} answers`;
  });
});

test(...requirement('X-111'), async ({ judge, record }) => {
  await judge(['every request'], async (send, _, again) => {
    const everything = await record();
    const verdicts = everything.exchanges.filter(({ answer }) => answer && !isNoVerdict(answer.status));
    await judgeAll(everything, send, again, ({ id, answer, earlier }) => {
      if (!answer) return undefined;
      const each = [...earlier, answer.status];
      const always = each.every((status) => status === 502 || status === 504);
      const others = verdicts.some((other) => other.id < id) && verdicts.some((other) => other.id > id);
      return {
        pass: !always || !others,
        expected: 'an answer of the API, as other requests before and after got one',
        actual: `${each.join(', ')}, each time it was sent`,
      };
    });
  });
});

