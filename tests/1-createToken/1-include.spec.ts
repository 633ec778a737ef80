import { documented, type BodyShape } from '../../contracts/documented.ts';
import type { Exchange } from '../../kit/target/exchange.ts';
import { expect, requirement, test, type Send } from '../../kit/runner/fixtures.ts';
import { answered, Blocked, documentOf, ifAsked, member, NotAsked, tokenOf, type Token } from '../../kit/judging/premises.ts';
import { bodyShapes, createToken, refreshToken, type SubResource } from '../../kit/judging/requests.ts';
import {
  expectDocumented,
  granted,
  grantOf,
  groupsOf,
  including,
  inclusion,
  inTurn,
  newlyGranted,
  organizationOf,
  orRefused,
  providersExample,
  refreshed,
  refreshedOnce,
  relatedTo,
  repeatedIn,
  resourcesIn,
  satisfiesSchema,
  schemaRequirement,
  spend,
  takenForGranted,
  type Grant,
  type Resource,
} from '../given.ts';
import { violationsOf } from '../../kit/judging/schema.ts';
import type { Client } from '../../kit/settings/settings.ts';

const resources = ['groups', 'organization'] as const;

/**
 * The answer grants a token as the same request without `include` does, and has in `included` exactly what that token
 * gives access to; whether twice is judged by CT-154.
 */
async function expectIncluded({ send, client, shape, grant = 'client_credentials' }: Asking, exchange: Exchange, plain: Grant, resource: SubResource): Promise<void> {
  expect(exchange).toBeGranted(plain.status);
  expectDocumented(exchange, plain);
  if (!satisfiesSchema(plain)) expect(exchange).toSatisfy(documented.createToken.schema, '/included');
  const token = grantOf(exchange, inclusion('nested', resource));
  const [another, blamed] = grant === 'refresh_token' ? [refreshed, 'CT-602' as const] : [newlyGranted, undefined];
  const wanted = await orRefused(token, (each) => accessible(send, each, resource), () => another(send, client, shape), blamed);
  expect(exchange).toHold({ pass: typeof wanted !== 'string', expected: `a token that the fetch of its ${resource} accepts`, actual: String(wanted) });
  if (typeof wanted === 'string') return;
  const included = resourcesIn(member(documentOf(exchange), 'included') ?? []);
  const actual = [...new Set(included.map(keyOf))].toSorted();
  const related = relatedTo(token, resource)?.map(keyOf).toSorted();
  if (actual.join() !== wanted.join() && actual.join() === related?.join() && !(await agrees(send, await granted(send, client, shape), resource))) {
    const by = resource === 'groups' ? 'TG-104' : 'TO-104';
    throw new Blocked(`the fetch gives other ${resource} than the token is related to: see ${by}`, by);
  }
  expect(exchange).toHold({
    pass: actual.join() === wanted.join(),
    expected: `in "included" ${wanted.join(', ') || 'nothing'}, as the fetch gives them`,
    actual: `in "included" ${actual.join(', ') || 'nothing'}`,
  });
}

/** Who asks for a token, and how. */
interface Asking {
  readonly send: Send;
  readonly client: Client;
  readonly shape: BodyShape;
  readonly grant?: 'client_credentials' | 'refresh_token';
}

/** Whether the fetch gives what a plainly granted token is related to, where it says so. */
async function agrees(send: Send, token: Grant, resource: SubResource): Promise<boolean> {
  const related = relatedTo(token, resource)?.map(keyOf).toSorted();
  return related === undefined || related.join() === (await accessible(send, token, resource)).join();
}

/** The resources that the fetch gives for a token, sorted. */
async function accessible(send: Send, token: Token, resource: SubResource): Promise<string[]> {
  const found = resource === 'groups' ? await groupsOf(send, token) : [await organizationOf(send, token)];
  return found.map(({ id }) => `${resource === 'groups' ? 'group' : resource} ${id}`).toSorted();
}

function keyOf({ type, id }: Resource): string {
  return `${type} ${id}`;
}

/** The answer to a nested request with `include`; where that is not asked, to the provider's own example, which includes the organization. */
async function answerIncluding(send: Send, client: Client, resource: SubResource, usual: Grant): Promise<Exchange> {
  const exchange = await ifAsked(() => send(including(client, 'nested', resource)));
  if (exchange) return exchange;
  if (resource === 'groups') throw new NotAsked();
  const example = await send(providersExample(client, 'nested', usual));
  await takenForGranted('CT-111', () => expect(example).toBeGranted(usual.status));
  return example;
}

for (const resource of resources) {
  test(...requirement(inclusion('nested', resource)), async ({ judge, settings: { client } }) => {
    await judge(['nested'], async (send) => {
      const plain = await granted(send, client, 'nested');
      await expectIncluded({ send, client, shape: 'nested' }, await answerIncluding(send, client, resource, plain), plain, resource);
    });
  });
}

test(...requirement('CT-153'), async ({ judge, settings: { client } }) => {
  // Those that are easily mistaken for a documented one included.
  const undocumented = ['tokens', 'group', 'Groups', 'groups.members'];
  const rows = bodyShapes.flatMap((shape) => undocumented.map((include) => ({ name: `${shape}, include=${include}`, shape, include })));
  await judge(rows, async (send, { shape, include }) => {
    await granted(send, client, shape);
    expect(await send(including(client, shape, include))).toBeRefused();
  });
});

test(...requirement('CT-154'), async ({ judge, settings: { client } }) => {
  const rows = bodyShapes.flatMap((shape) => resources.map((resource) => ({ name: `${shape}, ${resource}`, shape, resource })));
  await judge(rows, async (send, { shape, resource }) => {
    const plain = await granted(send, client, shape);
    const { exchange } = grantOf(await send(including(client, shape, resource)), inclusion(shape, resource));
    const document = documentOf(exchange);
    if (violationsOf(documented.createToken.schema, document).some(({ pointer }) => /^\/(data\/relationships|included)/.test(pointer))) {
      const by = satisfiesSchema(plain) ? inclusion(shape, resource) : schemaRequirement(plain);
      throw new Blocked(`what is related or included does not satisfy its schema: see ${by}`, by);
    }
    const relationships = member(member(document, 'data'), 'relationships');
    if (relationships === undefined) return 'no relationships are given';
    const linked = new Set(resources.flatMap((name) => resourcesIn(member(member(relationships, name), 'data')).map(keyOf)));
    const included = resourcesIn(member(document, 'included') ?? []).map(keyOf);
    const unlinked = included.filter((each) => !linked.has(each));
    const twice = repeatedIn(included);
    expect(exchange).toHold({
      pass: unlinked.length === 0 && twice.length === 0,
      expected: 'every included resource linked from the relationships, and included once',
      actual: [unlinked.length > 0 && `not linked: ${unlinked.join(', ')}`, twice.length > 0 && `included twice: ${twice.join(', ')}`]
        .filter(Boolean)
        .join('; '),
    });
    return undefined;
  });
});

test(...requirement('CT-155'), async ({ judge, settings: { client } }) => {
  await judge(['groups,organization', ''].map((include) => ({ name: `include=${include}`, include })), async (send, { include }) => {
    await granted(send, client, 'nested');
    const exchange = await send(including(client, 'nested', include));
    const included = resourcesIn(member(tokenOf(exchange) ? documentOf(exchange) : undefined, 'included') ?? []);
    const types = [...new Set(included.map(({ type }) => type))].toSorted().join(' and ');
    return `${answered(exchange).status}${tokenOf(exchange) ? ` with ${types || 'nothing'} included` : ''}`;
  });
});

test(...requirement('CT-156'), async ({ judge, settings: { client } }) => {
  const grants = ['client_credentials', 'refresh_token'] as const;
  const rows = bodyShapes.flatMap((shape) =>
    grants.flatMap((grant) => resources.map((resource) => ({ name: `${shape}, ${grant}, ${resource}`, shape, grant, resource }))),
  );
  // The plain case is that of CT-151 and CT-152.
  const others = rows.filter(({ shape, grant }) => shape === 'flat' || grant === 'refresh_token');
  await judge(others, inTurn(async (send, { shape, grant, resource }) => {
    const plain = await granted(send, client, shape);
    const nested = await granted(send, client, 'nested').catch(() => undefined);
    if (nested) {
      await takenForGranted(inclusion('nested', resource), async () =>
        expectIncluded({ send, client, shape: 'nested' }, await send(including(client, 'nested', resource)), nested, resource),
      );
    }
    if (grant === 'client_credentials') {
      return expectIncluded({ send, client, shape }, await send(including(client, shape, resource)), plain, resource);
    }
    const refresh = await refreshedOnce(send, client, shape);
    const attributes = refreshToken(client, spend(await newlyGranted(send, client, shape)));
    const exchange = await send(createToken({ shape, attributes, query: `include=${resource}` }));
    return expectIncluded({ send, client, shape, grant }, exchange, refresh, resource);
  }));
});

