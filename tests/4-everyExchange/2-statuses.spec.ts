import { allowedStatuses, documented } from '../../contracts/documented.ts';
import type { RequirementId } from '../../contracts/requirements/index.ts';
import { isNoVerdict } from '../../kit/target/exchange.ts';
import { requirement, test } from '../../kit/runner/fixtures.ts';
import { operationOf, operations } from '../../kit/target/operation.ts';
import { judgeAll } from './record.ts';

// Ahead of what else is judged over every exchange: those checks blame an exchange for other things than its status.

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
