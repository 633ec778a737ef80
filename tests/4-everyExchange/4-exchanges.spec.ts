import { jsonApiMediaType } from '../../contracts/documented.ts';
import type { Operation, RequirementId } from '../../contracts/requirements/index.ts';
import { header, isNoVerdict, mediaType, type Exchange } from '../../kit/target/exchange.ts';
import { requirement, test } from '../../kit/runner/fixtures.ts';
import { latencies } from '../../kit/comparison/latency.ts';
import { leakIn, secretsSent } from '../../kit/judging/leaks.ts';
import { operationOf, operations } from '../../kit/target/operation.ts';
import { Blocked, isDeclaredJson, member, Skipped, text, wellFormedJson } from '../../kit/judging/premises.ts';
import { shownMediaType } from '../../kit/secrets/shown.ts';
import { fetchOf, tokenFor } from '../given.ts';
import { judgeAll, type Fact } from './record.ts';

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
      actual: `status ${answer.status} with a body declared as ${shownMediaType(answer)} that is not`,
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
    // RFC 9110, section 5.6.6: a semicolon may stand without a parameter.
    const parameters = contentType.split(';').slice(1).filter((parameter) => parameter.trim() !== '');
    return { pass: parameters.length === 0, expected: `${jsonApiMediaType} without parameters`, actual: contentType };
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

test(...requirement('X-110'), async ({ judge, record }) => {
  await judge(operations, async (_, operation) => {
    const { exchanges, cause } = await record();
    if (cause) throw new Blocked(cause.message);
    const latency = latencies(exchanges).find((each) => each.operation === operation);
    if (!latency) throw new Skipped('the operation was not asked');
    return `median ${latency.medianMs} ms, 95th percentile ${latency.p95Ms} ms, maximum ${latency.maxMs} ms, of ${latency.answers} answers`;
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
