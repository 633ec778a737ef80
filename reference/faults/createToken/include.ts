import { conforming, type Behaviour } from '../../behaviour.ts';
import type { Context } from '../../context.ts';
import type { Faults } from '../../deviation.ts';
import { omit, type JsonObject } from '../../edits.ts';
import { readInclude, type Include } from '../../include.ts';
import { invalidBody, invalidParameter, type Refusal } from '../../refusals.ts';
import type { Token } from '../../state.ts';
import {
  both,
  editGranted,
  editIncluded,
  editRelationship,
  flat,
  hasInclude,
  isNested,
  notStoring,
  refreshed,
  refusal,
  type Where,
} from './granted.ts';

const including = (name: Include): Where => ({ include }) => include === name;

/** Steps that include the resources of a token other than the one that is issued. */
function includedOf(other: (token: Token, context: Context) => Token): () => Partial<Behaviour> {
  return () => ({ renderIncluded: (token, include, context) => conforming.renderIncluded(other(token, context), include, context) });
}

/** Steps that include other relationships than those that were asked for. */
function includedInstead(instead: (asked: Include) => readonly Include[]): () => Partial<Behaviour> {
  return () => ({ renderIncluded: (token, include, context) => conforming.renderIncluded(token, include.flatMap(instead), context) });
}

/** Steps that refuse a request which asks to include something. */
function refusingInclude(reason: Refusal, where: (include: readonly Include[], context: Context) => boolean): () => Partial<Behaviour> {
  return () => ({
    readInclude: (context) => {
      const include = conforming.readInclude(context);
      if (where(include, context)) throw reason;
      return include;
    },
  });
}

/** Steps that take other values of `include` for documented ones, or leave them out. */
function readingInclude(
  read: (value: string) => readonly Include[],
  where: (context: Context) => boolean = () => true,
): () => Partial<Behaviour> {
  return () => ({
    readInclude: (context) => {
      if (!where(context)) return readInclude(context);
      return new URL(context.request.url).searchParams.getAll('include').flatMap((value) => value.split(',').flatMap(read));
    },
  });
}

/** A document whose token is related to all groups but the last, and which includes no other. */
function withoutTheLastGroup(document: JsonObject): JsonObject {
  const data = document['data'] as { readonly relationships: { readonly groups: { readonly data: readonly unknown[] } } };
  const { groups } = data.relationships;
  const relationships = { ...data.relationships, groups: { ...groups, data: groups.data.slice(0, -1) } };
  return { ...document, data: { ...data, relationships }, included: (document['included'] as readonly unknown[]).slice(0, -1) };
}

/** Steps in which what a refreshed token includes is rendered apart. */
function includedByRefresh(render: Behaviour['renderIncluded'], where: (context: Context) => boolean = () => true): () => Partial<Behaviour> {
  return () => {
    const refreshedTokens = new WeakSet<Token>();
    return {
      grant: (request, client, shape, context) => {
        const token = conforming.grant(request, client, shape, context);
        if (request.grantType === 'refresh_token' && where(context)) refreshedTokens.add(token);
        return token;
      },
      renderIncluded: (token, ...rest) => (refreshedTokens.has(token) ? render : conforming.renderIncluded)(token, ...rest),
    };
  };
}

const documentedNames: readonly Include[] = ['groups', 'organization'];
const unsupported = invalidParameter('include', '"include" is not supported.');

const identifiers = (included: readonly JsonObject[]) => included.map(({ type, id }) => ({ type, id }));
const twice = (included: readonly JsonObject[]) => [...included, ...included.slice(0, 1)];
const none: Behaviour['renderIncluded'] = () => [];

/** CT-151 to CT-156. */
export const include = {
  'CT-151': [
    {
      name: 'include-groups-ignored',
      summary: 'include=groups includes nothing.',
      steps: includedInstead((asked) => (asked === 'groups' ? [] : [asked])),
    },
    {
      name: 'include-groups-refused',
      summary: 'include=groups is refused with 400.',
      steps: refusingInclude(unsupported, (names) => names.includes('groups')),
    },
    {
      name: 'include-groups-forgets-the-last',
      summary: 'include=groups leaves out the last group.',
      steps: includedOf((token) => ({ ...token, groups: token.groups.slice(0, -1) })),
    },
    {
      name: 'include-groups-of-the-first-page',
      summary: 'include=groups includes the first two groups, which are a page.',
      steps: includedOf((token) => ({ ...token, groups: token.groups.slice(0, 2) })),
    },
    {
      name: 'include-groups-of-every-organization',
      summary: 'include=groups includes the groups of all organizations.',
      steps: includedOf((token, { state }) => ({ ...token, groups: state.clients.flatMap(({ organization }) => organization.groups) })),
      // The groups of others are linked from nowhere.
      also: ['CT-154'],
    },
    {
      name: 'include-groups-brings-the-organization',
      summary: 'include=groups includes the organization, too.',
      steps: includedInstead((asked) => (asked === 'groups' ? documentedNames : [asked])),
    },
    {
      name: 'included-groups-as-identifiers',
      summary: 'Included groups have a type and an id, and no attributes.',
      wrap: editIncluded(including('groups'), identifiers),
    },
    {
      name: 'included-groups-of-the-type-groups',
      summary: 'Included groups are of the type groups.',
      wrap: editIncluded(including('groups'), (included) => included.map((resource) => ({ ...resource, type: 'groups' }))),
    },
    {
      name: 'included-groups-by-id',
      summary: 'Included groups stand in an object, by their ids.',
      wrap: editIncluded(including('groups'), (included) => Object.fromEntries(included.map((resource) => [resource['id'], resource]))),
    },
    {
      name: 'token-with-groups-without-expires-in',
      summary: 'A token that is created with include=groups has no expires_in.',
      wrap: editGranted(including('groups'), ({ document }) => {
        const data = document['data'] as { readonly attributes: JsonObject };
        return { document: { ...document, data: { ...data, attributes: omit(data.attributes, 'expires_in') } } };
      }),
    },
  ],
  'CT-152': [
    {
      name: 'include-organization-ignored',
      summary: 'include=organization includes nothing.',
      steps: includedInstead((asked) => (asked === 'organization' ? [] : [asked])),
    },
    {
      name: 'include-organization-refused',
      summary: 'include=organization is refused with 400, as the documented schema of included has groups only.',
      steps: refusingInclude(unsupported, (names) => names.includes('organization')),
    },
    {
      name: 'include-organization-gives-the-groups',
      summary: 'include=organization includes the groups.',
      steps: includedInstead(() => ['groups']),
    },
    {
      name: 'include-organization-of-the-last-client',
      summary: 'include=organization includes the organization of the last client in the table.',
      steps: includedOf((token, { state }) => ({ ...token, organization: state.clients.at(-1)?.organization ?? token.organization })),
      also: ['CT-154'],
    },
    {
      name: 'included-organization-in-no-list',
      summary: 'included is the organization itself in place of a list.',
      wrap: editIncluded(including('organization'), ([resource]) => resource),
    },
    {
      name: 'included-organization-without-name',
      summary: 'The included organization has no attributes.',
      wrap: editIncluded(including('organization'), identifiers),
    },
    {
      name: 'included-organization-of-the-type-organizations',
      summary: 'The included organization is of the type organizations.',
      wrap: editIncluded(including('organization'), (included) => included.map((resource) => ({ ...resource, type: 'organizations' }))),
    },
  ],
  'CT-153': [
    {
      name: 'unknown-include-ignored',
      summary: 'An include value that is not documented is ignored.',
      steps: readingInclude((value) => documentedNames.filter((name) => name === value)),
    },
    {
      name: 'flat-unknown-include-ignored',
      summary: 'An include value that is not documented is ignored in a flat request.',
      steps: readingInclude((value) => documentedNames.filter((name) => name === value), (context) => !isNested(context)),
    },
    {
      name: 'include-by-prefix',
      summary: 'An include value that a documented one begins with is taken for it.',
      steps: () => ({
        readInclude: (context) => {
          const value = new URL(context.request.url).searchParams.get('include');
          const found = documentedNames.find((name) => value && name.startsWith(value));
          return found ? [found] : readInclude(context);
        },
      }),
    },
    {
      name: 'include-in-any-case',
      summary: 'The value of include is compared without regard to case.',
      steps: () => ({
        readInclude: (context) => {
          const url = new URL(context.request.url);
          url.search = url.search.toLowerCase();
          return readInclude({ ...context, request: new Request(url) });
        },
      }),
    },
    {
      name: 'include-path-cut-at-the-dot',
      summary: 'Of a path such as groups.members the first name is included.',
      steps: () => ({
        readInclude: (context) => {
          const url = new URL(context.request.url);
          url.search = url.search.replace(/\.[\w.]*/g, '');
          return readInclude({ ...context, request: new Request(url) });
        },
      }),
    },
  ],
  'CT-154': [
    {
      name: 'included-group-twice',
      summary: 'The first included group stands there twice.',
      wrap: editIncluded(including('groups'), twice),
    },
    {
      name: 'included-organization-twice',
      summary: 'The included organization stands there twice.',
      wrap: editIncluded(including('organization'), twice),
    },
    {
      name: 'flat-included-group-twice',
      summary: 'The first included group stands there twice where a flat request asks.',
      wrap: editIncluded(both(flat, including('groups')), twice),
    },
    {
      name: 'included-groups-linked-by-the-first',
      summary: 'Where groups are included, the relationship identifies the first of them only.',
      wrap: editRelationship('groups', including('groups'), (relationship) => ({
        ...relationship,
        data: (relationship['data'] as readonly unknown[]).slice(0, 1),
      })),
    },
    {
      name: 'included-organization-linked-from-nowhere',
      summary: 'Where the organization is included, the token is related to its groups only.',
      wrap: editGranted(including('organization'), ({ document }) => {
        const data = document['data'] as { readonly relationships: JsonObject };
        return { document: { ...document, data: { ...data, relationships: omit(data.relationships, 'organization') } } };
      }),
    },
  ],
  'CT-156': [
    {
      name: 'flat-include-ignored',
      summary: 'include is ignored in a flat request.',
      steps: readingInclude(() => [], (context) => !isNested(context)),
      // A value that is not documented is ignored, too.
      also: ['CT-153'],
    },
    {
      name: 'flat-include-organization-ignored',
      summary: 'include=organization includes nothing in a flat request.',
      wrap: editIncluded(both(flat, including('organization')), () => []),
    },
    {
      name: 'flat-include-refused',
      summary: 'include is refused with 409 in a flat request, which is of no JSON:API.',
      steps: refusingInclude(
        invalidBody('', '"include" takes application/vnd.api+json.'),
        (names, context) => names.length > 0 && !isNested(context),
      ),
    },
    {
      name: 'flat-include-answered-200',
      summary: 'A flat request with include is answered 200.',
      wrap: editGranted(both(flat, ({ include: value }) => value !== null), () => ({ status: 200 })),
    },
    {
      name: 'flat-included-groups-as-identifiers',
      summary: 'Groups that a flat request includes have a type and an id, and no attributes.',
      wrap: editIncluded(both(flat, including('groups')), identifiers),
    },
    {
      name: 'include-ignored-when-refreshing',
      summary: 'A refresh includes nothing.',
      steps: includedByRefresh(none),
    },
    {
      name: 'include-ignored-when-refreshing-nested',
      summary: 'A nested refresh includes nothing.',
      steps: includedByRefresh(none, isNested),
    },
    {
      name: 'include-forgets-a-group-when-refreshing',
      summary: 'A refresh leaves out the first of the groups to be included.',
      steps: includedByRefresh((token, ...rest) => conforming.renderIncluded({ ...token, groups: token.groups.slice(1) }, ...rest)),
    },
    {
      name: 'include-refused-when-refreshing',
      summary: 'include next to grant_type refresh_token is refused with 422.',
      steps: () => ({
        validate: (attributes, shape, context) => {
          const isRefresh = attributes['grant_type'] === 'refresh_token';
          if (isRefresh && conforming.readInclude(context).length > 0) throw refusal(422, 'Unprocessable Entity');
          return conforming.validate(attributes, shape, context);
        },
      }),
    },
    {
      name: 'included-null-when-refreshing-flat',
      summary: 'included is null where a flat refresh asks for the organization.',
      wrap: editIncluded(both(flat, refreshed, including('organization')), () => null),
    },
    {
      name: 'flat-include-forgets-a-group-and-its-relation',
      summary: 'include=groups in a flat request leaves out the last group, to which the token is not related either.',
      wrap: editGranted(both(flat, including('groups')), ({ document }) => ({ document: withoutTheLastGroup(document) })),
    },
    {
      name: 'refreshed-token-with-include-not-stored',
      summary: 'The access token that a refresh with include gives is not stored.',
      steps: notStoring(({ grantType }, { request }) => grantType === 'refresh_token' && hasInclude(request)),
    },
  ],
} satisfies Partial<Faults>;
