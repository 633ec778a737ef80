import { jsonApiMediaType } from '../../contracts/documented.ts';
import { bytes, mediaType } from '../../kit/target/exchange.ts';
import { expect, requirement, test, type Send } from '../../kit/runner/fixtures.ts';
import { isLoopback } from '../../kit/settings/loopback.ts';
import { answered, documentOf, member, Skipped, tokenOf, wellFormedJson } from '../../kit/judging/premises.ts';
import { bodyShapes, clientCredentials, createToken } from '../../kit/judging/requests.ts';
import type { Client } from '../../kit/settings/settings.ts';
import {
  fetchOf,
  granted,
  grantOf,
  madeUpClient,
  newTokenFor,
  organizationOf,
  otherToken,
  plain,
  resourcesIn,
  workingShape,
  type Grant,
} from '../given.ts';

// Requests that no other check sends, ahead of what is judged over every exchange, these included.

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

/** How many tokens are created at once for each client. */
const atOnce = 8;

/** A client with what its requests, sent alone, were answered. */
interface Alone {
  readonly client: Client;
  readonly status: number;
  readonly organization: string;
}

async function alone(send: Send, client: Client, token: Grant): Promise<Alone> {
  return { client, status: token.status, organization: (await organizationOf(send, token)).id };
}

test(...requirement('X-108'), async ({ judge, settings }) => {
  await judge(['one client', 'both clients'], async (send, row) => {
    const other = row === 'both clients' ? [await otherToken(send, settings)] : [];
    const clients = [
      // A new token, created alone: where that is not accepted at once, it says nothing that those created together are not.
      await alone(send, settings.client, await newTokenFor(send, settings.client)),
      ...(await Promise.all(other.map((token) => alone(send, token.client, token)))),
    ];
    const shape = await workingShape(send, settings.client);
    // Taken in turns, so that the clients meet each other.
    const turns = Array.from({ length: atOnce }, () => clients).flat();
    const created = await Promise.all(
      turns.map(async ({ client, status, organization }) => {
        const exchange = await send(createToken({ shape, attributes: clientCredentials(client) }), { fresh: true });
        // One like it was granted when it was sent alone, so that a refusal is the doing of those beside it.
        expect(exchange).toBeGranted(status);
        return { organization, token: grantOf(exchange, plain[shape].client_credentials) };
      }),
    );
    const fetched = await Promise.all(
      created.map(async ({ organization, token }) => ({ organization, exchange: await send(fetchOf('organization', token)) })),
    );
    for (const { organization, exchange } of fetched) {
      const { status } = answered(exchange);
      const [{ id } = { id: '(none)' }] = status < 300 ? resourcesIn(member(documentOf(exchange), 'data')) : [];
      expect(exchange).toHold({
        pass: id === organization,
        expected: `organization ${organization} for a token that was created at the same time as others`,
        actual: `status ${status} and organization ${id}`,
      });
    }
  });
});

test(...requirement('X-109'), async ({ judge, settings: { baseUrl } }) => {
  await judge(['plain HTTP'], async (send) => {
    const { hostname, protocol } = new URL(baseUrl);
    if (isLoopback(hostname)) throw new Skipped('the target is on loopback, where HTTPS is not needed');
    const request = createToken({ shape: 'nested', attributes: clientCredentials(madeUpClient) });
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
