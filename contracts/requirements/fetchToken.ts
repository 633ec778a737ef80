import { documented, jsonApiMediaType } from '../documented.ts';
import {
  either, errorDocument, internals, jsonApi, kit, owasp, provider, refused, rfc, sources,
} from './phrases.ts';
import { register, type Entry } from './types.ts';

/** The words in which the two fetch operations differ. */
interface Words<Prefix extends 'TG' | 'TO'> {
  prefix: Prefix;
  operation: 'fetchTokenGroups' | 'fetchTokenOrganization';
  /** What is fetched; also the last segment of the path. */
  resource: 'groups' | 'organization';
  /** The schema of the answer, in words. */
  shape: string;
  /** The path of one fetched resource. */
  self: string;
}

const groupsWords = {
  prefix: 'TG',
  operation: 'fetchTokenGroups',
  resource: 'groups',
  shape: 'an array of group resources, each with id and name',
  self: '/group/{id}',
} as const;

const organizationWords = {
  prefix: 'TO',
  operation: 'fetchTokenOrganization',
  resource: 'organization',
  shape: 'one organization resource with id and name',
  self: '/organization/{id}',
} as const;

/** The requirements that both fetch operations have under the same number. */
function shared<Prefix extends 'TG' | 'TO'>({ prefix, operation, resource, shape, self }: Words<Prefix>) {
  const { schema, refusals } = documented[operation];
  const statuses = either(refusals);
  const without = `401, without ${resource} data in the body`;
  return register(operation, {
    success: [
      {
        id: `${prefix}-101`,
        level: 'MUST',
        title: `${operation} with a valid bearer token is answered 200`,
        statement: `GET /oauth/token/{id}/${resource} with the access token of that token resource is answered 200.`,
        source: provider,
        cause: 'The route, or the lookup of the token by its id; see whether the id in the path is the one answered.',
      },
      {
        id: `${prefix}-102`,
        level: 'MUST',
        title: `The answer of ${operation} satisfies ${schema}`,
        statement: `The 200 answer of ${operation} satisfies the ${schema} schema: ${shape}.`,
        source: provider,
        cause: 'The serializer of the resource: a member left out, renamed, or of another JSON type.',
      },
      {
        id: `${prefix}-103`,
        level: 'MUST',
        title: `The answer of ${operation} is ${jsonApiMediaType}`,
        statement: `The 200 answer of ${operation} has the media type ${jsonApiMediaType}.`,
        source: provider,
        cause: 'The framework sets its default JSON Content-Type; set the JSON:API one where answers are written.',
      },
      {
        id: `${prefix}-106`,
        level: 'MUST',
        title: `A links.self in ${operation} names the id of its own resource`,
        statement:
          `Where a resource that ${operation} answers has links.self, it ends in ${self} with that resource's id.`,
        source: provider,
        cause: 'The link builder takes the id of the token, or of another resource.',
      },
      {
        id: `${prefix}-107`,
        level: 'SHOULD',
        title: `A repeated ${operation} gives the same answer`,
        statement:
          `Two ${operation} requests in a row for the same token get the same status and the same body, request ids ` +
          'and the order of resources aside.',
        source: sources(rfc(9110, '9.2.1'), kit),
        cause: 'Reading changes something (a token used up, a counter), or servers behind one address disagree.',
      },
      {
        id: `${prefix}-110`,
        level: 'SHOULD',
        title: `The Accept header does not change the answer of ${operation}`,
        statement:
          `${operation} gives the same answer, in the same media type, when Accept is absent, */* or application/json.`,
        source: sources(provider, rfc(9110, '12.5.1')),
        cause: 'Content negotiation answers 406, or falls back to another media type, unless JSON:API is asked for.',
      },
    ],
    'bearer token': [
      {
        id: `${prefix}-201`,
        level: 'MUST',
        title: `${operation} without credentials is answered 401`,
        statement:
          `A ${operation} request without an Authorization header is answered ${without}, also straight after the ` +
          'same URL was answered 200 to its owner.',
        source: sources(provider, rfc(9111, '3.5')),
        cause: 'No authentication on this route, or a shared cache that answers with what it stored for the owner.',
      },
      {
        id: `${prefix}-202`,
        level: 'MUST',
        title: `${operation} with an unknown bearer token is answered 401`,
        statement: `A ${operation} request with a bearer token that was never issued is answered ${without}.`,
        source: provider,
        cause: 'Only the presence of a token is checked, or a failed lookup is mapped to another status.',
      },
      {
        id: `${prefix}-203`,
        level: 'MUST',
        title: `${operation} with a malformed Authorization is refused`,
        statement:
          `A ${operation} request whose Authorization is Basic, empty, the scheme alone, the token alone, or a token ` +
          `cut or extended by a character is ${refused}.`,
        source: provider,
        cause: 'The header is parsed too leniently: any scheme is taken, or tokens are compared by a prefix.',
      },
      {
        id: `${prefix}-204`,
        level: 'MUST',
        title: `${operation} with a refresh token or secret as bearer is answered 401`,
        statement:
          `A ${operation} request that sends the refresh token, or the client secret, as bearer token is answered ` +
          `${without}.`,
        source: sources(provider, rfc(6749, '1.5')),
        cause: 'Tokens are looked up, or their signature verified, without regard to their kind.',
      },
      {
        id: `${prefix}-205`,
        level: 'SHOULD',
        title: `A 401 of ${operation} carries WWW-Authenticate: Bearer`,
        statement: `Every 401 answer of ${operation} carries a WWW-Authenticate header with a Bearer challenge.`,
        source: sources(rfc(6750, '3'), rfc(9110, '11.6.1')),
        cause: 'The 401 is built by hand, without the challenge that tells clients how to authenticate.',
      },
      {
        id: `${prefix}-206`,
        level: 'SHOULD',
        title: `${operation} compares the Bearer scheme without regard to case`,
        statement: `${operation} accepts a valid access token sent with the scheme in lower case (bearer).`,
        source: rfc(9110, '11.1'),
        cause: 'The header is compared with the prefix "Bearer " as a plain string.',
      },
      {
        id: `${prefix}-207`,
        level: 'SHOULD',
        title: `${operation} does not honour a token in the query`,
        statement:
          `A ${operation} request with a valid token in the query (?access_token=) and no Authorization header gets ` +
          `no ${resource} data.`,
        source: rfc(9700, '4.3.2'),
        cause: 'The bearer middleware reads access_token from the query by default; URLs end up in logs.',
      },
      {
        id: `${prefix}-208`,
        level: 'MUST',
        title: `${operation} with an expired access token is answered 401`,
        statement:
          `Once the expires_in of an access token is over, ${operation} answers it 401; not judged where the ` +
          'lifetime is longer than the kit is allowed to wait (OAUTH_EXPIRY_WAIT_S, 0 unless set).',
        source: provider,
        cause: 'Expiry is answered but not enforced, or a cache of checked tokens outlives them.',
      },
    ],
    isolation: [
      {
        id: `${prefix}-301`,
        level: 'MUST',
        title: `${operation} for a token of another organization is refused`,
        statement:
          `A ${operation} request with a valid access token, for the token id of a client of another organization, ` +
          `is ${refused}, so that none of that organization's data is shown.`,
        source: `${provider} (no data is accessible across organizations)`,
        secondClient: true,
        cause: 'The id in the path is looked up without comparing its organization with that of the bearer token.',
      },
      {
        id: `${prefix}-302`,
        level: 'MUST',
        title: `${operation} for an unknown token id is refused`,
        statement:
          `A ${operation} request with a valid access token, for a token id that does not exist, is ${refused}.`,
        source: provider,
        cause: 'The id in the path is ignored, and the resource of the bearer token is answered in its place.',
      },
      {
        id: `${prefix}-303`,
        level: 'SHOULD',
        title: `${operation} for a hostile token id is refused`,
        statement:
          `A ${operation} request for an id that is a path traversal, an encoded NUL, quotes, 1,000 characters or ` +
          `Unicode is ${refused}.`,
        source: kit,
        cause: 'The id reaches a query, a file path or a header unchecked, or decoding it raises an error.',
      },
      {
        id: `${prefix}-304`,
        level: 'INFO',
        title: `${operation} with another token of the same client is observed`,
        statement:
          `Whether one token of a client can read the ${resource} of another token of that client is reported.`,
        source: provider,
        cause: 'The documentation is silent; letting a token read only itself is the narrower choice.',
      },
      {
        id: `${prefix}-305`,
        level: 'SHOULD',
        title: `${operation} answers a foreign and an unknown token id alike`,
        statement:
          `${operation} gives the same answer (status, codes, titles, details) to the token id of another ` +
          'organization as to one that does not exist, so that it does not tell which ids exist.',
        source: sources(rfc(9110, '15.5.4'), owasp('API Security Top 10, API1:2023')),
        secondClient: true,
        cause: 'Two ways to refuse, "not found" and "not yours"; answer both from one place.',
      },
    ],
    methods: [
      {
        id: `${prefix}-401`,
        level: 'SHOULD',
        title: `Other methods on the path of ${operation} are refused`,
        statement:
          `POST, PUT, PATCH and DELETE on /oauth/token/{id}/${resource} are ${refused}, and a 405 among these ` +
          'answers carries an Allow header.',
        source: rfc(9110, '15.5.6'),
        cause: 'The route is registered for every method, or the 405 is answered without its list of methods.',
      },
      {
        id: `${prefix}-402`,
        level: 'SHOULD',
        title: `HEAD on the path of ${operation} gets the status of GET and no body`,
        statement: `HEAD on /oauth/token/{id}/${resource} has the status that GET has there, and no body.`,
        source: rfc(9110, '9.3.2'),
        cause: 'HEAD is not routed, or not authenticated as GET is.',
      },
    ],
    refusals: [
      {
        id: `${prefix}-501`,
        level: 'MUST',
        title: `Every ${statuses} of ${operation} is the documented error document`,
        statement: `Every answer of ${operation} with the status ${statuses} is ${errorDocument}.`,
        source: provider,
        cause:
          'The framework or a proxy answers with a body of its own, errors is one object, or a code is undocumented.',
      },
      {
        id: `${prefix}-502`,
        level: 'MUST',
        title: `The status inside an error of ${operation} fits the HTTP status`,
        statement:
          `In a refusal of ${operation} with one error object, its status, where given, equals the HTTP status; with ` +
          'several, each status given is of the same class (4xx) as the HTTP status.',
        source: sources(provider, jsonApi('"Error Objects"')),
        cause: 'The status in the body is a constant, or a proxy changes that of the answer.',
      },
      {
        id: `${prefix}-504`,
        level: 'MUST',
        title: `Every ${statuses} answer of ${operation} is ${jsonApiMediaType}`,
        statement: `Every answer of ${operation} with the status ${statuses} has the media type ${jsonApiMediaType}.`,
        source: provider,
        cause: 'Errors take another way out than successes; set the Content-Type in the error handler as well.',
      },
      {
        id: `${prefix}-506`,
        level: 'SHOULD',
        title: `No refusal of ${operation} shows internals`,
        statement: `No refusal of ${operation} shows internals of the server: ${internals}.`,
        source: owasp('Error Handling Cheat Sheet'),
        cause: 'Debug mode is on, or the message of an exception is answered unchanged.',
      },
      {
        id: `${prefix}-507`,
        level: 'SHOULD',
        title: `Every other 4xx answer of ${operation} is an error document too`,
        statement:
          `Every 4xx answer of ${operation} with a status other than ${statuses} is an error document of the media ` +
          `type ${jsonApiMediaType} as well, with any code.`,
        source: jsonApi('"Error Objects"'),
        cause: "Unknown routes, methods and ids get the framework's default answer.",
      },
    ],
  });
}

const groupsOnly = register('fetchTokenGroups', {
  success: [
    {
      id: 'TG-104',
      level: 'MUST',
      title: 'Group ids are unique, and those of the relationships of the token',
      statement:
        'Over all pages of fetchTokenGroups no group id occurs twice, and where the token resource has ' +
        'relationships.groups.data the ids are exactly those listed there.',
      source: jsonApi('"Resource Linkage"'),
      cause: 'A join that multiplies rows, pages that overlap, or two queries that filter differently.',
    },
    {
      id: 'TG-105',
      level: 'MUST',
      title: 'meta.count is the number of groups over all pages',
      statement:
        'Where an answer of fetchTokenGroups has meta.count, it is the number of groups over all pages, not on one ' +
        'of them.',
      source: provider,
      cause: 'The count is taken after the page was cut, or before groups were filtered by access.',
    },
    {
      id: 'TG-108',
      level: 'INFO',
      title: 'The paging of fetchTokenGroups is observed',
      statement:
        'The documentation pages collections in general but declares no paging for this one; whether ' +
        'fetchTokenGroups is paged, and by which links, is reported.',
      source: provider,
      cause: 'The documentation contradicts itself; a target may page or answer all groups at once.',
    },
    {
      id: 'TG-109',
      level: 'SHOULD',
      title: "The top-level links.self names this token's groups",
      statement:
        'Where an answer of fetchTokenGroups has a top-level links.self, its path ends in /oauth/token/{id}/groups ' +
        'with the id of the token in the request.',
      source: sources(provider, jsonApi('"Top Level"')),
      cause: 'The link is built from a template of another collection, or without the id of the request.',
    },
  ],
});

const organizationOnly = register('fetchTokenOrganization', {
  success: [
    {
      id: 'TO-104',
      level: 'MUST',
      title: 'The organization is that of the relationships of the token',
      statement:
        'Where the token resource has relationships.organization.data, fetchTokenOrganization answers with the ' +
        'organization of that id.',
      source: jsonApi('"Resource Linkage"'),
      cause: "Two ways lead from the token to its organization (the client's, the user's), and they differ.",
    },
  ],
});

function ascending<E extends Entry>(entries: readonly E[]): readonly E[] {
  return entries.toSorted((a, b) => a.id.localeCompare(b.id));
}

/** The requirements of fetchTokenGroups, GET /oauth/token/{id}/groups. */
export const fetchTokenGroups = ascending([...shared(groupsWords), ...groupsOnly]);

/** The requirements of fetchTokenOrganization, GET /oauth/token/{id}/organization. */
export const fetchTokenOrganization = ascending([...shared(organizationWords), ...organizationOnly]);
