import { bytes, header } from '../../kit/target/exchange.ts';
import { expect, requirement, test } from '../../kit/runner/fixtures.ts';
import { answered } from '../../kit/judging/premises.ts';
import { fetched, fetchOf, newTokenFor, tokenFor } from '../given.ts';

const operations = [
  { prefix: 'TG', resource: 'groups' },
  { prefix: 'TO', resource: 'organization' },
] as const;

for (const { prefix, resource } of operations) {
  test(...requirement(`${prefix}-401`), async ({ judge, settings: { client } }) => {
    await judge(['POST', 'PUT', 'PATCH', 'DELETE'], async (send, method) => {
      // Of its own, since a target may do what the method says.
      const token = await newTokenFor(send, client);
      await fetched(send, resource, token);
      const exchange = await send({ ...fetchOf(resource, token), method });
      expect(exchange).toBeRefused();
      const answer = answered(exchange);
      const allow = header(answer, 'allow');
      expect(exchange).toHold({
        pass: answer.status !== 405 || (allow ?? '').split(/[\s,]+/).includes('GET'),
        expected: 'a 405 with the header Allow, which lists GET',
        actual: allow === undefined ? 'a 405 without it' : `a 405 with Allow: ${allow}`,
      });
    });
  });

  test(...requirement(`${prefix}-402`), async ({ judge, settings: { client } }) => {
    await judge(['HEAD'], async (send) => {
      const token = await tokenFor(send, client);
      const { status } = answered(await fetched(send, resource, token));
      const exchange = await send({ ...fetchOf(resource, token), method: 'HEAD' });
      expect(exchange).toHaveStatus(status);
      const { length } = bytes(answered(exchange));
      expect(exchange).toHold({ pass: length === 0, expected: 'no body', actual: `a body of ${length} bytes` });
    });
  });
}
