import type { Answer } from './answer.ts';
import type { Behaviour } from './behaviour.ts';
import type { Context, OperationName } from './context.ts';

/** An operation of the contract: where it stands, and what it does. */
export interface Operation {
  readonly name: OperationName;
  readonly method: 'GET' | 'POST';
  /** With `:id` for the token id. */
  readonly path: string;
  /** The value of `Allow` in the answer to another method. */
  readonly allow: string;
  /** Takes the steps; the id is that of the token in the path, percent-decoded once, or empty where there is none. */
  readonly perform: (steps: Behaviour, context: Context, id: string) => Answer | Promise<Answer>;
}

/** The three operations of the contract. A HEAD is a GET whose body is dropped when it is written out. */
export const operations: readonly Operation[] = [
  { name: 'createToken', method: 'POST', path: '/oauth/token', allow: 'POST', perform: createToken },
  {
    name: 'fetchTokenGroups',
    method: 'GET',
    path: '/oauth/token/:id/groups',
    allow: 'GET, HEAD',
    perform: fetchTokenGroups,
  },
  {
    name: 'fetchTokenOrganization',
    method: 'GET',
    path: '/oauth/token/:id/organization',
    allow: 'GET, HEAD',
    perform: fetchTokenOrganization,
  },
];

async function createToken(steps: Behaviour, context: Context): Promise<Answer> {
  const shape = steps.bodyShape(context);
  const include = steps.readInclude(context);
  const document = steps.parseBody(await context.request.arrayBuffer(), context);
  const attributes = steps.readAttributes(document, shape, context);
  const request = steps.validate(attributes, shape, context);
  const client = steps.authenticateClient(request, context);
  const token = steps.grant(request, client, shape, context);
  return {
    status: 201,
    document: {
      data: steps.renderToken(token, context),
      ...(include.length > 0 && { included: steps.renderIncluded(token, include, context) }),
      meta: { ignored: request.ignored },
    },
  };
}

function fetchTokenGroups(steps: Behaviour, context: Context, id: string): Answer {
  const caller = steps.authenticateBearer(context);
  const token = steps.findToken(id, caller, context);
  return { status: 200, document: steps.renderGroupList(token, context) };
}

function fetchTokenOrganization(steps: Behaviour, context: Context, id: string): Answer {
  const caller = steps.authenticateBearer(context);
  const token = steps.findToken(id, caller, context);
  return { status: 200, document: steps.renderTokenOrganization(token, context) };
}
