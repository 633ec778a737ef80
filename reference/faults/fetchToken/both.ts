import type { Document, Resource } from '../../answer.ts';
import { conforming, type Behaviour } from '../../behaviour.ts';
import type { BindingId } from '../../../contracts/requirements/index.ts';
import type { App } from '../../app.ts';
import type { Context, OperationName } from '../../context.ts';
import type { Fault } from '../../deviation.ts';
import { editAnswer, type Edit, type Seen } from '../../edits.ts';
import { Refusal } from '../../refusals.ts';
import type { Token } from '../../state.ts';

type NumberOf<Id> = Id extends `TO-${infer Digits}` ? Digits : never;

/** The numbers of the requirements that both fetches have. */
export type SharedNumber = NumberOf<BindingId>;

/** One of the two fetches, in the words and with the ids that its faults are made of. */
export interface Fetch {
  /** What is fetched; every name of a fault begins with it. */
  readonly resource: 'groups' | 'organization';
  readonly type: 'group' | 'organization';
  readonly operation: OperationName;
  readonly ids: (...numbers: readonly SharedNumber[]) => readonly BindingId[];
}

export const groupsFetch: Fetch = {
  resource: 'groups',
  type: 'group',
  operation: 'fetchTokenGroups',
  ids: (...numbers) => numbers.map((number) => `TG-${number}` as const),
};

export const organizationFetch: Fetch = {
  resource: 'organization',
  type: 'organization',
  operation: 'fetchTokenOrganization',
  ids: (...numbers) => numbers.map((number) => `TO-${number}` as const),
};

type Some = readonly [Fault, ...Fault[]];

/** The faults of a requirement that both fetches have, made for each of them. */
export function ofBoth<Number extends SharedNumber>(number: Number, faults: (fetch: Fetch) => Some) {
  return { [`TG-${number}`]: faults(groupsFetch), [`TO-${number}`]: faults(organizationFetch) } as Readonly<
    Record<`TG-${Number}` | `TO-${Number}`, Some>
  >;
}

/** The document that a conforming server answers a fetch with. */
export function render({ resource }: Fetch, token: Token, context: Context): Document {
  return resource === 'groups' ? conforming.renderGroupList(token, context) : conforming.renderTokenOrganization(token, context);
}

/** Steps that change the document of a fetch. */
export function rendering(
  fetch: Fetch,
  edit: (document: Document, token: Token, context: Context) => Document,
): () => Partial<Behaviour> {
  const step = (token: Token, context: Context) => edit(render(fetch, token, context), token, context);
  return () => (fetch.resource === 'groups' ? { renderGroupList: step } : { renderTokenOrganization: step });
}

/** Steps that change each resource that a fetch answers. */
export function resources(
  fetch: Fetch,
  edit: (resource: Resource, position: number, token: Token) => unknown,
): () => Partial<Behaviour> {
  return rendering(fetch, (document, token) => {
    const data = document['data'] as Resource | readonly Resource[];
    const one = (resource: Resource, position = 0) => edit(resource, position, token);
    return { ...document, data: Array.isArray(data) ? data.map((each: Resource, i) => one(each, i)) : one(data as Resource) };
  });
}

/** Steps that judge the bearer token of a fetch otherwise. */
export function authenticating({ operation }: Fetch, authenticate: Behaviour['authenticateBearer']): () => Partial<Behaviour> {
  return () => ({
    authenticateBearer: (context) =>
      context.operation === operation ? authenticate(context) : conforming.authenticateBearer(context),
  });
}

/** Steps that give what is refused by a conforming server a second chance. */
export function accepting(
  fetch: Fetch,
  accept: (authorization: string | null, context: Context) => Token | undefined,
): () => Partial<Behaviour> {
  return authenticating(fetch, (context) => {
    try {
      return conforming.authenticateBearer(context);
    } catch (refusal) {
      const token = accept(context.request.headers.get('authorization'), context);
      if (!token) throw refusal;
      return token;
    }
  });
}

/** Steps that refuse what a conforming server refuses, in another way. */
export function refusing(
  fetch: Fetch,
  refuse: (authorization: string | null, refusal: Refusal, context: Context) => Refusal,
): () => Partial<Behaviour> {
  return authenticating(fetch, (context) => {
    try {
      return conforming.authenticateBearer(context);
    } catch (error) {
      throw error instanceof Refusal ? refuse(context.request.headers.get('authorization'), error, context) : error;
    }
  });
}

/** The token that the path of a fetch names, whoever asks. */
export function tokenInPath({ request, state }: Context): Token | undefined {
  return state.byId.get(new URL(request.url).pathname.split('/').at(-2) ?? '');
}

/** A wrapper that changes the successful answers of a fetch. */
export function editSuccess(fetch: Fetch, edit: (seen: Seen) => Edit): (app: App) => App {
  return editAnswer((seen) => (seen.operation === fetch.operation && seen.status === 200 ? edit(seen) : {}));
}

/** A wrapper that changes the 401 answers of a fetch. */
export function edit401(fetch: Fetch, edit: (authorization: string | null) => Edit): (app: App) => App {
  return editAnswer(({ operation, status, request }) =>
    operation === fetch.operation && status === 401 ? edit(request.headers.get('authorization')) : {},
  );
}

/** The error document of a refusal that does not come from a step. */
export function errorsOf(status: number, title: string): { readonly status: number; readonly document: unknown } {
  return { status, document: { errors: [{ status: String(status), title }] } };
}
