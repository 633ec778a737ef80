import type { BodyShape } from '../../contracts/documented.ts';
import type { Request } from '../../kit/target/exchange.ts';
import type { Send } from '../../kit/runner/fixtures.ts';
import {
  bodyShapes,
  clientCredentials,
  createToken,
  refreshToken,
  shaped,
  type Attributes,
  type CreateTokenOptions,
} from '../../kit/judging/requests.ts';
import type { Client } from '../../kit/settings/settings.ts';
import { granted, refreshWorks } from '../given.ts';

type GrantType = 'client_credentials' | 'refresh_token';

/** A request that must be refused, as the one thing in which it differs from a request that is granted. */
export interface Invalid {
  readonly name: string;
  readonly shape: BodyShape;
  readonly grant: GrantType;
  readonly change: (valid: Attributes) => Pick<CreateTokenOptions, 'attributes' | 'body'>;
}

const everyGrant: readonly GrantType[] = ['client_credentials', 'refresh_token'];

/** A change of the attributes, in both body shapes. */
function changes(grant: GrantType, name: string, change: (valid: Attributes) => Attributes): Invalid[] {
  return bodyShapes.map((shape) => ({
    name: `${shape}, ${grant}: ${name}`,
    shape,
    grant,
    change: (valid) => ({ attributes: change(valid) }),
  }));
}

function without(grant: GrantType, attribute: string): Invalid[] {
  return changes(grant, `no ${attribute}`, ({ [attribute]: _, ...rest }) => rest);
}

function having(grant: GrantType, attribute: string, name: string, value: unknown): Invalid[] {
  return changes(grant, name, (valid) => ({ ...valid, [attribute]: value }));
}

const otherGrantTypes: readonly (readonly [GrantType, string])[] = [
  ['client_credentials', 'password'],
  ['client_credentials', 'authorization_code'],
  ['client_credentials', 'implicit'],
  ['client_credentials', 'CLIENT_CREDENTIALS'],
  ['client_credentials', 'client_credentials '],
  ['client_credentials', ' client_credentials'],
  ['client_credentials', ''],
  ['refresh_token', 'Refresh_Token'],
  ['refresh_token', 'refresh_token '],
];

const neededAttributes: readonly (readonly [GrantType, string])[] = [
  ['client_credentials', 'grant_type'],
  ['client_credentials', 'client_id'],
  ['client_credentials', 'client_secret'],
  ['refresh_token', 'grant_type'],
  ['refresh_token', 'client_id'],
  ['refresh_token', 'refresh_token'],
];

/** Values of other types than string, each made from the valid string where a careless target might convert it back. */
const otherTypes: Readonly<Record<string, (valid: unknown) => unknown>> = {
  'a number': (valid) => (/^[1-9]\d{0,14}$/.test(String(valid)) ? Number(valid) : 1),
  'a boolean': () => true,
  'null': () => null,
  'an empty array': () => [],
  'an array with the valid value': (valid) => [valid],
  'an object': (valid) => ({ value: valid }),
  'a query operator': () => ({ $ne: '' }),
};

const structures: readonly (readonly [BodyShape, string, (valid: Attributes) => string | null])[] = [
  ...bodyShapes.flatMap((shape) =>
    (
      [
        ['no body', null],
        ['null', 'null'],
        ['a string', '"client_credentials"'],
        ['an empty array', '[]'],
        ['an empty object', '{}'],
      ] as const
    ).map(([name, body]) => [shape, name, () => body] as const),
  ),
  ['nested', 'data null', () => JSON.stringify({ data: null })],
  ['nested', 'data an array', (valid) => JSON.stringify({ data: [{ type: 'token', attributes: valid }] })],
  ['nested', 'attributes null', () => JSON.stringify({ data: { type: 'token', attributes: null } })],
  ['nested', 'attributes an array', (valid) => JSON.stringify({ data: { type: 'token', attributes: [valid] } })],
  ['nested', 'no attributes', () => JSON.stringify({ data: { type: 'token' } })],
  ['flat', 'an array with the object', (valid) => JSON.stringify([valid])],
];

/** What is not valid in a createToken request, by the requirement that has it refused. */
export const invalid = {
  'CT-401': everyGrant.flatMap((grant) => [...without(grant, 'client_id'), ...having(grant, 'client_id', 'an empty client_id', '')]),
  'CT-402': without('client_credentials', 'client_secret'),
  'CT-403': everyGrant.flatMap((grant) => without(grant, 'grant_type')),
  'CT-404': otherGrantTypes.flatMap(([grant, value]) => having(grant, 'grant_type', `grant_type "${value}"`, value)),
  'CT-405': [...without('refresh_token', 'refresh_token'), ...having('refresh_token', 'refresh_token', 'an empty refresh_token', '')],
  'CT-406': neededAttributes.flatMap(([grant, attribute]) =>
    Object.entries(otherTypes).flatMap(([name, make]) =>
      changes(grant, `${attribute} as ${name}`, (valid) => ({ ...valid, [attribute]: make(valid[attribute]) })),
    ),
  ),
  'CT-408': structures.map(([shape, name, body]) => ({
    name: `${shape}: ${name}`,
    shape,
    grant: 'client_credentials' as const,
    change: (valid: Attributes) => ({ body: body(valid) }),
  })),
} satisfies Readonly<Record<string, readonly Invalid[]>>;

/** The invalid request, once the valid one has been shown to be granted. */
export async function invalidRequest(send: Send, client: Client, { shape, grant, change }: Invalid): Promise<Request> {
  return createToken({ shape, ...change(await validAttributes(send, client, shape, grant)) });
}

async function validAttributes(send: Send, client: Client, shape: BodyShape, grant: GrantType): Promise<Attributes> {
  if (grant === 'refresh_token') {
    return refreshToken(client, (await refreshWorks(send, client, shape)).refreshToken);
  }
  await granted(send, client, shape);
  return clientCredentials(client);
}

/** A valid nested or flat body as JSON text, to be broken. */
export function validBody(client: Client, shape: BodyShape, more: Attributes = {}): string {
  return JSON.stringify(shaped(shape, { ...clientCredentials(client), ...more }));
}
