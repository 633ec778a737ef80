import { jsonApiMediaType, type BodyShape } from '../../contracts/documented.ts';
import { bytes, mediaType } from '../../kit/target/exchange.ts';
import { expect, requirement, test, type Send } from '../../kit/runner/fixtures.ts';
import { isLoopback } from '../../kit/settings/loopback.ts';
import { answered, Blocked, documentOf, member, Skipped, tokenOf, wellFormedJson } from '../../kit/judging/premises.ts';
import { bodyShapes, clientCredentials, createToken } from '../../kit/judging/requests.ts';
import type { Client } from '../../kit/settings/settings.ts';
import {
  fetchOf,
  granted,
  grantOf,
  inTurn,
  madeUpClient,
  newlyGranted,
  organizationOf,
  otherToken,
  plain,
  resourcesIn,
} from '../given.ts';

// Requests that no other check sends, ahead of what is judged over every exchange, these included.

test(...requirement('CT-708'), async ({ judge, settings: { client } }) => {
  const attributes = clientCredentials(client);
  const rows = bodyShapes.flatMap((shape) => [
    ...['GET', 'PUT', 'PATCH', 'DELETE'].map((method) => ({ name: `${shape}, ${method}`, shape, method, options: { attributes } })),
    // As older OAuth servers take it.
    { name: `${shape}, GET with the attributes in the URL`, shape, method: 'GET', options: { body: null, query: new URLSearchParams(attributes as Record<string, string>).toString() } },
  ]);
  await judge(rows, async (send, { shape, method, options }) => {
    await granted(send, client, shape);
    const exchange = await send({ ...createToken({ shape, ...options }), method });
    expect(exchange).toBeRefused();
    const held = bytes(exchange.answer ?? {}).toString();
    expect(exchange).toHold({ pass: !/"access_token"\s*:\s*"[^"]/.test(held), expected: 'no token', actual: 'a token in the body' });
  });
});

/** How many tokens are created at once for each client. */
const atOnce = 8;

/** A client and a body shape, with what its request, sent alone, was answered. */
interface Alone {
  readonly client: Client;
  readonly shape: BodyShape;
  readonly status: number;
  readonly organization: string;
}

/**
 * The same in every shape that works, one after another: nothing else is under way. The token is a new one: where that is not
 * accepted at once, those created together say no more.
 */
async function alone(send: Send, client: Client): Promise<readonly Alone[]> {
  const works: Alone[] = [];
  let failure: unknown;
  for (const shape of bodyShapes) {
    try {
      const token = await newlyGranted(send, client, shape);
      works.push({ client, shape, status: token.status, organization: (await organizationOf(send, token)).id });
    } catch (error) {
      failure ??= error;
    }
  }
  if (works.length === 0) throw failure;
  return works;
}

test(...requirement('X-108'), async ({ judge, settings }) => {
  await judge(['one client', 'both clients'], inTurn(async (send, row) => {
    const others = row === 'both clients' ? [(await otherToken(send, settings)).client] : [];
    const clients: (readonly Alone[])[] = [];
    for (const client of [settings.client, ...others]) clients.push(await alone(send, client));
    // Taken in turns, so that the clients meet each other, in every shape.
    const turns = Array.from({ length: atOnce }, (_, i) => clients.flatMap((shapes) => shapes[i % shapes.length] ?? [])).flat();
    const created = await Promise.all(
      turns.map(async ({ client, status, organization, shape }) => {
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
  }));
});

test(...requirement('X-109'), async ({ judge, settings: { baseUrl } }) => {
  await judge(['plain HTTP'], async (send) => {
    const { hostname, protocol } = new URL(baseUrl);
    if (isLoopback(hostname)) throw new Skipped('the target is on loopback, where HTTPS is not needed');
    const request = createToken({ shape: 'nested', attributes: clientCredentials(madeUpClient) });
    const exchange = await send(request, { plainHttp: true });
    expect(exchange).toHold({ pass: protocol === 'https:', expected: 'a target with an https URL', actual: `the URL ${baseUrl}` });
    const { answer, failure } = exchange;
    // No answer is what is wanted, but not because the run is over.
    if (failure?.kind === 'not sent' || failure?.kind === 'abandoned') throw new Blocked(failure.message);
    const document = answer && wellFormedJson(answer)?.value;
    const own = answer && mediaType(answer) === jsonApiMediaType && (member(document, 'errors') ?? member(document, 'data')) !== undefined;
    expect(exchange).toHold({
      pass: !own && !tokenOf(exchange),
      expected: 'no answer of the contract over plain HTTP',
      actual: `status ${answer?.status} with a document of the contract, over plain HTTP`,
    });
  });
});
