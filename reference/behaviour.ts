import { renderRefusal, send } from './answer.ts';
import type { Answer, Document, Resource } from './answer.ts';
import { parseBody, readAttributes } from './attributes.ts';
import type { Attributes } from './attributes.ts';
import { authenticateBearer, findToken } from './bearer.ts';
import { bodyShape } from './body-shape.ts';
import type { BodyShape } from './body-shape.ts';
import { authenticateClient } from './client-authentication.ts';
import type { Context } from './context.ts';
import type { RegisteredClient } from './directory.ts';
import { grant } from './granting.ts';
import { readInclude } from './include.ts';
import type { Include } from './include.ts';
import { methodNotAllowed } from './refusals.ts';
import type { Refusal } from './refusals.ts';
import { renderGroupList, renderIncluded, renderToken, renderTokenOrganization } from './resources.ts';
import type { Token } from './state.ts';
import { validate } from './validation.ts';
import type { TokenRequest } from './validation.ts';

/**
 * The steps that the operations are made of, in the order they are taken. A step either returns what the next one needs
 * or throws a `Refusal`. A server that deviates from the contract is `{ ...conforming, step: deviation }`, where the
 * deviation may call the conforming step.
 */
export interface Behaviour {
  // createToken
  /** Judges the media type, before anything else. */
  readonly bodyShape: (context: Context) => BodyShape;
  /** Reads the query. */
  readonly readInclude: (context: Context) => readonly Include[];
  /** Bytes to JSON. */
  readonly parseBody: (bytes: ArrayBuffer, context: Context) => unknown;
  /** JSON to attributes. */
  readonly readAttributes: (document: unknown, shape: BodyShape, context: Context) => Attributes;
  /** Attributes to a request that is complete and well-typed. */
  readonly validate: (attributes: Attributes, shape: BodyShape, context: Context) => TokenRequest;
  /** Judges the credentials. */
  readonly authenticateClient: (request: TokenRequest, context: Context) => RegisteredClient;
  /** Judges the refresh token where there is one, and issues a token. */
  readonly grant: (request: TokenRequest, client: RegisteredClient, shape: BodyShape, context: Context) => Token;
  readonly renderToken: (token: Token, context: Context) => Resource;
  readonly renderIncluded: (token: Token, include: readonly Include[], context: Context) => readonly Resource[];

  // fetchTokenGroups, fetchTokenOrganization
  /** Judges the bearer token; the answer is the token it belongs to. */
  readonly authenticateBearer: (context: Context) => Token;
  /** Judges the id in the path, given the token of the caller. */
  readonly findToken: (id: string, caller: Token, context: Context) => Token;
  readonly renderGroupList: (token: Token, context: Context) => Document;
  readonly renderTokenOrganization: (token: Token, context: Context) => Document;

  // all
  /** Answers a method that the path's operation does not have; `allow` lists those it has. */
  readonly otherMethod: (allow: string, context: Context) => Answer;
  /** Turns a refusal, of any step, into an answer. */
  readonly renderRefusal: (refusal: Refusal, context: Context) => Answer;
  /** Writes out every answer, refusals too. */
  readonly send: (answer: Answer, context: Context) => Response;
}

/** The behaviour that keeps the whole contract. */
export const conforming: Behaviour = {
  bodyShape,
  readInclude,
  parseBody,
  readAttributes,
  validate,
  authenticateClient,
  grant,
  renderToken,
  renderIncluded,
  authenticateBearer,
  findToken,
  renderGroupList,
  renderTokenOrganization,
  otherMethod: (allow) => {
    throw methodNotAllowed(allow);
  },
  renderRefusal,
  send,
};
