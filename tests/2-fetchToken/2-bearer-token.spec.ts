import { header, type Answer } from '../../kit/target/exchange.ts';
import { expect, requirement, test, type Send } from '../../kit/runner/fixtures.ts';
import { lookalike, otherCase, withoutFirst, withoutLast } from '../../kit/judging/lookalike.ts';
import { operationOf } from '../../kit/target/operation.ts';
import { answered, Blocked, ifAsked, Skipped } from '../../kit/judging/premises.ts';
import { bearer, type SubResource } from '../../kit/judging/requests.ts';
import type { Client } from '../../kit/settings/settings.ts';
import { bearerOf, bearerOfRefreshToken, fetched, fetchOf, fetchWith, fitsHeader, takenForGranted, tokenFor, walkGroups, type Grant } from '../given.ts';
import { judgeAll } from '../4-everyExchange/record.ts';

const operations = [
  { prefix: 'TG', resource: 'groups', operation: 'fetchTokenGroups' },
  { prefix: 'TO', resource: 'organization', operation: 'fetchTokenOrganization' },
] as const;

/** The groups may be paged, and each page is asked for by itself. */
const secondPage = 'the second page, where there is one';

/** A token with which the fetch works: what follows differs from that fetch in the Authorization header alone. */
async function working(send: Send, client: Client, resource: SubResource): Promise<Grant> {
  const token = await tokenFor(send, client);
  await fetched(send, resource, token);
  return token;
}

for (const { prefix, resource, operation } of operations) {
  test(...requirement(`${prefix}-201`), async ({ judge, settings: { client } }) => {
    await judge(['without credentials', 'straight after a 200', ...(resource === 'groups' ? [secondPage] : [])], async (send, row) => {
      const fresh = row === 'straight after a 200';
      const token = await working(send, client, resource);
      if (row === secondPage) {
        const [, page] = (await walkGroups(send, token)).pages;
        return page && expect(await send({ ...fetchWith(resource, token, null), path: page.request.path })).toBeRefused([401]);
      }
      if (fresh) await ifAsked(() => send(fetchOf(resource, token), { apart: true }));
      return expect(await send(fetchWith(resource, token, null), { fresh })).toBeRefused([401]);
    });
  });

  test(...requirement(`${prefix}-202`), async ({ judge, settings: { client } }) => {
    await judge(['an unknown token', 'the token in the other case'], async (send, row) => {
      const token = await working(send, client, resource);
      const unknown = row === 'an unknown token' ? lookalike(token.accessToken) : inOtherCase(token.accessToken);
      expect(await send(fetchWith(resource, token, bearer(unknown)))).toBeRefused([401]);
    });
  });

  test(...requirement(`${prefix}-203`), async ({ judge, settings: { client } }) => {
    const malformed: Readonly<Record<string, (token: Grant) => string>> = {
      'Basic with the client credentials': () => `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
      'Basic with the token': ({ accessToken }) => `Basic ${accessToken}`,
      'empty': () => '',
      'the scheme only': () => 'Bearer',
      'the scheme and a space': () => 'Bearer ',
      'the token only': ({ accessToken }) => accessToken,
      'the token cut by a character': ({ accessToken }) => bearer(withoutLast(accessToken)),
      'the token cut by its first character': ({ accessToken }) => bearer(withoutFirst(accessToken)),
      'the token extended by a character': ({ accessToken }) => bearer(`${accessToken}x`),
    };
    await judge(Object.keys(malformed), async (send, row) => {
      const token = await working(send, client, resource);
      expect(await send(fetchWith(resource, token, malformed[row]?.(token) ?? ''))).toBeRefused();
    });
  });

  test(...requirement(`${prefix}-204`), async ({ judge, settings: { client } }) => {
    await judge(['the refresh token', 'the client secret'], async (send, row) => {
      const token = await working(send, client, resource);
      if (row === 'the client secret' && !fitsHeader(client.secret)) throw new Skipped('no header can carry the client secret');
      const authorization = row === 'the client secret' ? bearer(client.secret) : bearerOfRefreshToken(token);
      if (authorization === bearerOf(token)) throw new Blocked('it is the same as the access token: see CT-106', 'CT-106');
      expect(await send(fetchWith(resource, token, authorization))).toBeRefused([401]);
    });
  });

  test(...requirement(`${prefix}-205`), async ({ judge, record, settings: { client } }) => {
    await judge(['without credentials', 'an unknown token', 'every 401 so far'], async (send, row, again) => {
      if (row === 'every 401 so far') {
        return judgeAll(await record(), send, again, (exchange) =>
          operationOf(exchange) === operation && exchange.answer?.status === 401 ? challenge(exchange.answer) : undefined,
        );
      }
      const token = await working(send, client, resource);
      const authorization = row === 'an unknown token' ? bearer(lookalike(token.accessToken)) : null;
      const exchange = await send(fetchWith(resource, token, authorization));
      const by = row === 'an unknown token' ? `${prefix}-202` : `${prefix}-201`;
      const answer = answered(exchange);
      if (answer.status !== 401) throw new Blocked(`there is no 401 to judge: see ${by}`, by);
      return expect(exchange).toHold(challenge(answer));
    });
  });

  test(...requirement(`${prefix}-206`), async ({ judge, settings: { client } }) => {
    await judge(['bearer', 'BEARER'], async (send, scheme) => {
      const token = await working(send, client, resource);
      const { status } = answered(await send(fetchOf(resource, token)));
      expect(await send(fetchWith(resource, token, `${scheme} ${token.accessToken}`))).toHaveStatus(status);
    });
  });

  test(...requirement(`${prefix}-207`), async ({ judge, settings: { client } }) => {
    await judge(['access_token in the query'], async (send) => {
      const token = await working(send, client, resource);
      const query = `access_token=${encodeURIComponent(token.accessToken)}`;
      const bare = await send(fetchWith(resource, token, null));
      await takenForGranted(`${prefix}-201`, () => expect(bare).toBeRefused());
      expect(await send(fetchWith(resource, token, null, query))).toBeRefused();
    });
  });
}

/** A token in which letters have the other case. That of hexadecimal digits may mean nothing, so both must be there. */
function inOtherCase(token: string): string {
  if (!/[a-z]/.test(token) || !/[A-Z]/.test(token)) throw new Skipped('the token has letters of one case only, or none');
  return otherCase(token);
}

/** Whether a 401 says how to authenticate. */
function challenge(answer: Answer) {
  const value = header(answer, 'www-authenticate');
  return {
    pass: /(^|,\s*)bearer(\s|,|$)/i.test(value ?? ''),
    expected: 'WWW-Authenticate with the scheme Bearer',
    actual: value === undefined ? 'no WWW-Authenticate' : `WWW-Authenticate: ${value}`,
  };
}
