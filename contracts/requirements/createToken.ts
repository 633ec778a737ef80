import { documented, jsonApiMediaType } from '../documented.ts';
import {
  either, errorDocument, flat, inEitherShape, internals, jsonApi, kit, nested, owasp, provider,
  refused, refusedAsDocumented, rfc, sources,
} from './phrases.ts';
import { register } from './types.ts';

const refusedHere = refusedAsDocumented('createToken');
const refusals = either(documented.createToken.refusals);

/** The requirements of createToken, POST /oauth/token. */
export const createToken = register('createToken', {
  success: [
    {
      id: 'CT-101',
      level: 'MUST',
      title: 'A nested client_credentials request is answered 201',
      statement: `A client_credentials request with valid credentials, ${nested}, is answered 201.`,
      source: provider,
      cause: 'The route, the JSON:API body parser or the credentials given to the kit; try the same request by hand.',
    },
    {
      id: 'CT-102',
      level: 'MUST',
      title: 'The answer to a nested request satisfies CreateTokenResponse',
      statement:
        `The 201 answer to a client_credentials request, ${nested}, ` +
        'satisfies the CreateTokenResponse schema: a token resource with id, type, and the attributes access_token, ' +
        'refresh_token, token_type and expires_in.',
      source: provider,
      cause: 'The serializer of the token resource: a member left out, renamed, or of another JSON type.',
    },
    {
      id: 'CT-103',
      level: 'MUST',
      title: `The answer to a nested request is ${jsonApiMediaType}`,
      statement:
        `The 201 answer to a client_credentials request, ${nested}, ` +
        `has the media type ${jsonApiMediaType}.`,
      source: provider,
      cause: 'The framework sets its default JSON Content-Type; set the JSON:API one where answers are written.',
    },
    {
      id: 'CT-104',
      level: 'MUST',
      title: 'A nested request without data.type is answered 201',
      statement: `A valid client_credentials request, ${nested}, that leaves out data.type is answered 201.`,
      source: provider,
      cause: 'A generic JSON:API validator demands data.type; this operation documents it as optional.',
    },
    {
      id: 'CT-105',
      level: 'MUST',
      title: 'A new access token is accepted at once by both fetch operations',
      statement:
        'fetchTokenGroups and fetchTokenOrganization answer 200 when called with an access token straight after it ' +
        'was issued.',
      source: provider,
      cause: 'The token is answered before it is stored, or stored where the checking servers see it only later.',
    },
    {
      id: 'CT-106',
      level: 'MUST',
      title: 'access_token and refresh_token are usable, and two different values',
      statement:
        'access_token and refresh_token are non-empty and differ from each other, and the access token consists of ' +
        'the characters that a Bearer header can carry (b64token: letters, digits, - . _ ~ + /, then = signs).',
      source: sources(rfc(6750, '2.1'), kit),
      cause: 'The token generator: an alphabet beyond b64token, one value used for both, or a value never filled in.',
    },
    {
      id: 'CT-107',
      level: 'MUST',
      title: 'expires_in is a positive integer',
      statement: 'expires_in is an integer greater than zero: the seconds for which the access token is valid.',
      source: sources(provider, rfc(6749, '5.1')),
      cause: 'A lifetime computed from a past or missing date, or a point in time given in place of a duration.',
    },
    {
      id: 'CT-108',
      level: 'MUST',
      title: 'Relationship links name the id of the token and their own sub-resource',
      statement:
        'Where the token resource has relationships, the links.related of groups ends in /oauth/token/{id}/groups ' +
        'and that of organization in /oauth/token/{id}/organization, with the id of this very token.',
      source: provider,
      cause: 'The link builder: an id taken from elsewhere (the client, the last token), or two paths mixed up.',
    },
    {
      id: 'CT-109',
      level: 'SHOULD',
      title: 'A token answer forbids caching',
      statement: 'Every answer that issues a token carries a Cache-Control header with no-store.',
      source: rfc(6749, '5.1'),
      cause: 'No Cache-Control on the token route, or a proxy that replaces it.',
    },
    {
      id: 'CT-110',
      level: 'INFO',
      title: 'The type of a token resource is token or oauth/token',
      statement:
        'The documentation names two types for a token resource, token and oauth/token, and both are accepted; ' +
        'which one the target uses is reported.',
      source: provider,
      cause: 'The documentation contradicts itself; a target is free to choose, best one type throughout.',
    },
    {
      id: 'CT-111',
      level: 'MUST',
      title: "The provider's own example request is answered 201",
      statement:
        'A client_credentials request with data.type, include=organization and a superfluous refresh_token, as the ' +
        "provider's own example has it, is answered 201 with a token for the client that it names.",
      source: provider,
      cause: 'Validation refuses a refresh_token next to client_credentials, or acts on it in place of the grant.',
    },
    {
      id: 'CT-112',
      level: 'MUST',
      title: 'createToken with a valid bearer token is answered 201',
      statement: 'A valid createToken request that also carries a valid bearer token is answered 201.',
      source: provider,
      cause: 'The route takes a present Authorization header for client authentication and refuses the Bearer scheme.',
    },
    {
      id: 'CT-113',
      level: 'INFO',
      title: 'The answer to createToken with an unknown bearer token is observed',
      statement:
        'What a valid createToken request gets when it carries an unknown bearer token, which this operation does ' +
        'not need, is reported.',
      source: provider,
      cause: 'A bearer check placed before all routes refuses what createToken has no need to look at.',
    },
    {
      id: 'CT-114',
      level: 'INFO',
      title: 'The relationship links of a token are followed, where they stay on the target',
      statement:
        'Whether each links.related, resolved against the URL of the request, stays on the origin of the target, and ' +
        'whether it then answers as the fetch operation does, is reported.',
      source: rfc(3986, '5'),
      cause: 'Links built from a configured or internal host name, or without the path prefix of a proxy.',
    },
    {
      id: 'CT-115',
      level: 'INFO',
      title: 'The characters that ids are made of are observed',
      statement:
        'The documentation shows ids of lower-case letters and digits in one place and hyphenated UUIDs in another; ' +
        'any string is accepted, and which kind the target uses is reported.',
      source: provider,
      cause: 'The documentation contradicts itself; clients that take ids for opaque strings are safe with any.',
    },
    {
      id: 'CT-116',
      level: 'INFO',
      title: 'The answer to a request of the type oauth/token is observed',
      statement:
        `What a valid request, ${nested}, gets when its data.type is ` +
        'oauth/token, as in some documented examples, is reported.',
      source: provider,
      cause: 'The documentation contradicts itself; a target that also takes oauth/token serves more clients.',
    },
  ],
  include: [
    {
      id: 'CT-151',
      level: 'MUST',
      title: 'include=groups includes exactly the groups of the token',
      statement:
        'With include=groups, included holds exactly the groups that fetchTokenGroups lists for the token over all ' +
        'of its pages; for a token without groups, included is empty or absent.',
      source: sources(provider, jsonApi('"Inclusion of Related Resources"')),
      cause: 'include is ignored, stops at the first page of groups, or is not filtered by what the token may access.',
    },
    {
      id: 'CT-152',
      level: 'MUST',
      title: 'include=organization includes the organization of the token',
      statement: 'With include=organization, included holds the organization that fetchTokenOrganization answers with.',
      source: provider,
      cause: 'include is implemented for groups only, as the documented schema of included suggests.',
    },
    {
      id: 'CT-153',
      level: 'SHOULD',
      title: 'An undocumented include value is refused',
      statement: `A createToken request with an include value other than groups and organization is ${refused}.`,
      source: jsonApi('"Inclusion of Related Resources"'),
      cause: 'Unknown include paths are dropped in silence; JSON:API asks for a refusal.',
    },
    {
      id: 'CT-154',
      level: 'SHOULD',
      title: 'Every included resource is linked from relationships, and included once',
      statement:
        'Where the token resource has relationships, every resource in included is identified by type and id in one ' +
        'of them, and no resource stands in included twice.',
      source: jsonApi('"Compound Documents"'),
      cause: 'included and relationships are filled by two queries that disagree, or duplicates are not merged.',
    },
    {
      id: 'CT-155',
      level: 'INFO',
      title: 'The answers to a list of includes and to an empty include are observed',
      statement:
        'The documentation calls include a list but declares a single value; what include=groups,organization and an ' +
        'empty include get is reported.',
      source: provider,
      cause: 'The documentation contradicts itself; JSON:API would have include take a comma-separated list.',
    },
    {
      id: 'CT-156',
      level: 'MUST',
      title: 'include works for flat and for refresh_token requests too',
      statement:
        `include=groups and include=organization work for a request that is ${flat}, and for ` +
        `refresh_token requests, as they do for a client_credentials request that is ${nested}.`,
      source: provider,
      cause: 'include is read in one branch only: that of the nested shape, or that of client_credentials.',
    },
  ],
  'content type': [
    {
      id: 'CT-201',
      level: 'MUST',
      title: 'Every other Content-Type is answered 403',
      statement:
        `A createToken request whose Content-Type is neither ${jsonApiMediaType} nor application/json is answered ` +
        '403, whatever its body: form-urlencoded, multipart, text/plain, text/json, application/xml, octet-stream, ' +
        'other +json types, and types that merely begin like a permitted one.',
      source: provider,
      cause: 'A body parser takes forms or guesses JSON, a prefix is compared, or the framework answers 415 itself.',
    },
    {
      id: 'CT-202',
      level: 'MUST',
      title: 'A body without a Content-Type is answered 403',
      statement: 'A createToken request that has a body but no Content-Type header is answered 403.',
      source: provider,
      cause: 'A missing Content-Type is taken for a default, or answered 415 by the framework.',
    },
    {
      id: 'CT-204',
      level: 'SHOULD',
      title: 'Media types are compared without regard to case',
      statement: 'Both request media types are accepted when written with capital letters.',
      source: rfc(9110, '8.3.1'),
      cause: 'The Content-Type is compared as a plain string; lower it first.',
    },
    {
      id: 'CT-205',
      level: 'SHOULD',
      title: 'application/json with charset=utf-8 is accepted',
      statement:
        'A valid request sent as application/json; charset=utf-8, attributes at the top level, is answered 201.',
      source: sources(rfc(9110, '8.3.1'), rfc(8259, '11')),
      cause: 'The whole Content-Type header is compared, with its parameters, instead of type and subtype.',
    },
    {
      id: 'CT-206',
      level: 'INFO',
      title: `The answer to ${jsonApiMediaType} with a parameter is observed`,
      statement:
        `What a valid request gets when its Content-Type is ${jsonApiMediaType} with a parameter, for which ` +
        'JSON:API asks 415 and the provider documents nothing, is reported.',
      source: jsonApi('"Content Negotiation"'),
      cause: 'JSON:API 1.0 forbids the parameter, many frameworks ignore it; the provider is silent.',
    },
    {
      id: 'CT-207',
      level: 'SHOULD',
      title: 'The Accept header does not change the answer of createToken',
      statement:
        `Valid requests ${inEitherShape} are answered 201 ` +
        'with the same media type when Accept is absent, */* or application/json.',
      source: sources(provider, rfc(9110, '12.5.1')),
      cause: 'Content negotiation answers 406, or falls back to another media type, unless JSON:API is asked for.',
    },
  ],
  'body shape': [
    {
      id: 'CT-301',
      level: 'MUST',
      title: 'A flat client_credentials request is answered 201',
      statement: `A client_credentials request with valid credentials, ${flat}, is answered 201.`,
      source: provider,
      cause: 'Only the JSON:API shape is implemented, or application/json is refused before the body is read.',
    },
    {
      id: 'CT-302',
      level: 'MUST',
      title: 'The answer to a flat request is a JSON:API CreateTokenResponse too',
      statement:
        `The 201 answer to a client_credentials request, ${flat}, ` +
        `satisfies the CreateTokenResponse schema and has the media type ${jsonApiMediaType}.`,
      source: provider,
      cause: 'The answer takes the shape or the media type of the request; the documented one is the same for both.',
    },
    {
      id: 'CT-303',
      level: 'MUST',
      title: 'A nested body sent as application/json is refused',
      statement:
        `A request with valid attributes under data.attributes, but sent as application/json, is ${refusedHere}.`,
      source: provider,
      cause: 'The shape is guessed from the body; let the media type alone decide where attributes are looked for.',
    },
    {
      id: 'CT-304',
      level: 'MUST',
      title: `A flat body sent as ${jsonApiMediaType} is refused`,
      statement:
        `A request with valid attributes at the top level, but sent as ${jsonApiMediaType}, is ${refusedHere}.`,
      source: provider,
      cause: 'The shape is guessed from the body; let the media type alone decide where attributes are looked for.',
    },
    {
      id: 'CT-305',
      level: 'MUST',
      title: 'Both body shapes give one client the same access',
      statement:
        `For one client, the token of a request that is ${nested} and ` +
        `that of a request that is ${flat} give access to the same ` +
        'organization and to the same groups.',
      source: provider,
      cause: 'Two code paths issue tokens, and one of them forgets the organization or the groups.',
    },
  ],
  validation: [
    {
      id: 'CT-401',
      level: 'MUST',
      title: 'A request without client_id is refused',
      statement:
        `A createToken request of either grant, ${inEitherShape}, whose client_id is missing or empty is ` +
        `${refusedHere}.`,
      source: provider,
      cause: 'The client is not looked up for every grant, or the client of the refresh token is taken instead.',
    },
    {
      id: 'CT-402',
      level: 'MUST',
      title: 'A client_credentials request without client_secret is refused',
      statement: `A client_credentials request without client_secret, ${inEitherShape}, is ${refusedHere}.`,
      source: provider,
      cause: 'A missing secret skips the comparison instead of failing it.',
    },
    {
      id: 'CT-403',
      level: 'MUST',
      title: 'A request without grant_type is refused',
      statement: `A createToken request without grant_type, ${inEitherShape}, is ${refusedHere}.`,
      source: provider,
      cause: 'grant_type is given a default.',
    },
    {
      id: 'CT-404',
      level: 'MUST',
      title: 'An undocumented grant_type is refused',
      statement:
        'A createToken request whose grant_type is neither client_credentials nor refresh_token (password, ' +
        `authorization_code, another case, padded with spaces, empty), ${inEitherShape}, is ${refusedHere}.`,
      source: `${provider} (the grants it supports)`,
      cause: 'grant_type is trimmed or lowered before it is compared, or an OAuth library has more grants enabled.',
    },
    {
      id: 'CT-405',
      level: 'MUST',
      title: 'A refresh_token request without a refresh token is refused',
      statement:
        `A refresh_token request whose refresh_token is missing or empty, ${inEitherShape}, is ${refusedHere}.`,
      source: provider,
      cause: 'A missing token falls through to the client credentials, or an empty one matches a token without one.',
    },
    {
      id: 'CT-406',
      level: 'MUST',
      title: 'An attribute of the wrong JSON type is refused',
      statement:
        'A createToken request in which an attribute that its grant needs is a number, a boolean, null, an array (be ' +
        'it of the valid value) or an object (be it a query operator such as {"$ne": ""}), ' +
        `${inEitherShape}, is ${refusedHere}.`,
      source: provider,
      cause: 'Attributes are coerced to strings or handed to a query unchecked; check their JSON type first.',
    },
    {
      id: 'CT-407',
      level: 'MUST',
      title: 'A body that is not JSON is refused',
      statement:
        `A createToken body that is JSON cut off in the middle, or no JSON at all, is ${refused}, whichever the ` +
        'media type.',
      source: provider,
      cause: 'The error of the JSON parser is not caught, or the body is replaced by an empty one.',
    },
    {
      id: 'CT-408',
      level: 'MUST',
      title: 'A document of the wrong structure is refused',
      statement:
        'A createToken request without a body, or whose body is null, a string, [] or {}, or whose data is null or ' +
        `an array, or whose attributes are null, is ${refusedHere}.`,
      source: provider,
      cause: 'Members are read off null or an array before the structure is checked.',
    },
    {
      id: 'CT-409',
      level: 'SHOULD',
      title: 'A data.type of another resource is answered 409',
      statement:
        `A request, ${nested}, valid but for a data.type that names ` +
        'another resource (neither token nor oauth/token), is answered 409.',
      source: jsonApi('"Creating Resources"'),
      cause: 'data.type is not looked at, or refused with another status.',
    },
    {
      id: 'CT-410',
      level: 'SHOULD',
      title: 'Invalid requests are answered 409, missing credentials 409 or 401',
      statement:
        'A request refused for its grant_type, its refresh_token, the type of an attribute or its structure (CT-403 ' +
        'to CT-406, CT-408) is answered 409; one refused for a missing client_id or client_secret (CT-401, CT-402) ' +
        'is answered 409 or 401.',
      source: sources(provider, rfc(6749, '5.2')),
      cause: 'Validation and authentication errors are mapped to one status; 409 is the documented invalid request.',
    },
    {
      id: 'CT-411',
      level: 'SHOULD',
      title: 'An unknown attribute does not prevent the 201',
      statement:
        `A valid request with one more attribute that is not documented, ${inEitherShape}, is answered 201; whether ` +
        'meta.ignored lists that attribute is reported along with it.',
      source: sources(rfc(6749, '3.2'), provider),
      cause: 'The request schema forbids additional properties.',
    },
    {
      id: 'CT-412',
      level: 'SHOULD',
      title: 'JSON with a trailing comma, or in bad UTF-8, is refused',
      statement:
        'A createToken body that is JSON but for a trailing comma, or but for bytes that are no UTF-8, is ' +
        `${refused}, whichever the media type.`,
      source: sources(rfc(8259, '2'), rfc(8259, '8.1')),
      cause: 'A lenient JSON parser, or a decoder that replaces bad bytes instead of failing.',
    },
  ],
  credentials: [
    {
      id: 'CT-501',
      level: 'MUST',
      title: 'A wrong client_secret is answered 401',
      statement: `A client_credentials request with a wrong client_secret, ${inEitherShape}, is answered 401.`,
      source: provider,
      cause: 'The secret is not compared, or a failed comparison is mapped to another status.',
    },
    {
      id: 'CT-502',
      level: 'MUST',
      title: 'An unknown client_id is answered 401',
      statement: `A client_credentials request with an unknown client_id, ${inEitherShape}, is answered 401.`,
      source: provider,
      cause: 'A client that is not found is answered 404 or 409, or its absence raises an error.',
    },
    {
      id: 'CT-503',
      level: 'MUST',
      title: 'A near miss of the client_secret is refused',
      statement:
        'A client_credentials request whose secret is a prefix of the right one, the right one and a character more, ' +
        'in another case, padded with space, empty, or that of another client, each where it differs from the right ' +
        `one, is ${refused}.`,
      source: provider,
      cause: 'The secret is trimmed, lowered, cut (bcrypt stops at 72 bytes) or looked up without its client.',
    },
    {
      id: 'CT-504',
      level: 'MUST',
      title: 'No refusal repeats the secret that was sent, or holds a token',
      statement:
        'No refusal of createToken contains the client secret of its request, and none contains an access token or a ' +
        'refresh token.',
      source: kit,
      cause: 'Error details quote the rejected value or the whole request; name the attribute only.',
    },
    {
      id: 'CT-505',
      level: 'SHOULD',
      title: 'A wrong secret and an unknown client are answered alike',
      statement:
        'The answers to a wrong client_secret and to an unknown client_id agree in status and in the codes, titles ' +
        'and details of their errors, so that they do not tell which clients exist.',
      source: sources(rfc(6749, '5.2'), owasp('Authentication Cheat Sheet')),
      cause: 'Two error messages, one for each case; write one for both.',
    },
    {
      id: 'CT-506',
      level: 'SHOULD',
      title: 'Credentials in the URL are not honoured',
      statement:
        'A createToken request whose credentials stand in the query of the URL, not in the body, issues no token.',
      source: rfc(6749, '2.3.1'),
      cause: 'Query and body are merged into one set of parameters, as several frameworks do by default.',
    },
    {
      id: 'CT-507',
      level: 'INFO',
      title: 'The answer to HTTP Basic client credentials is observed',
      statement:
        'What a client_credentials request gets when its credentials stand in an Authorization: Basic header, and ' +
        'none in the body, is reported.',
      source: rfc(6749, '2.3.1'),
      cause: 'RFC 6749 has servers support HTTP Basic, the provider documents credentials in the body only.',
    },
  ],
  refresh: [
    {
      id: 'CT-601',
      level: 'MUST',
      title: 'A nested refresh_token request is answered 201 with a CreateTokenResponse',
      statement:
        `A refresh_token request with an issued refresh token, ${nested}, is answered 201, and the answer satisfies ` +
        'the CreateTokenResponse schema.',
      source: provider,
      cause: 'The refresh grant is not implemented, its tokens are not stored, or it answers with another shape.',
    },
    {
      id: 'CT-602',
      level: 'MUST',
      title: 'A refreshed access token works, for the same organization and groups',
      statement:
        'The access token that a refresh_token request issues is accepted by both fetch operations and gives access ' +
        'to the same organization and groups as the token it was refreshed from.',
      source: provider,
      cause: 'The refreshed token is not stored, or does not inherit organization and groups.',
    },
    {
      id: 'CT-603',
      level: 'MUST',
      title: 'An unknown refresh token is refused',
      statement: `A refresh_token request with a refresh token that was never issued is ${refusedHere}.`,
      source: provider,
      cause: 'Valid client credentials are taken for enough, or a token that is not found raises an error.',
    },
    {
      id: 'CT-604',
      level: 'MUST',
      title: 'The refresh token of another client is refused',
      statement:
        'A refresh_token request with the credentials of one client and the refresh token of a client of another ' +
        `organization is ${refusedHere}.`,
      source: `${provider} (no data is accessible across organizations)`,
      secondClient: true,
      cause: 'The refresh token is looked up without comparing its client with the one that sent it.',
    },
    {
      id: 'CT-605',
      level: 'MUST',
      title: 'An access token is refused as a refresh token',
      statement: `A refresh_token request with an access token in the place of the refresh token is ${refused}.`,
      source: provider,
      cause: 'Both kinds of token are looked up in one table, or verified by one key, without regard to their kind.',
    },
    {
      id: 'CT-606',
      level: 'MUST',
      title: 'A flat refresh_token request is answered 201 with a CreateTokenResponse',
      statement:
        `A refresh_token request with an issued refresh token, ${flat}, is answered 201, and the answer satisfies ` +
        'the CreateTokenResponse schema.',
      source: provider,
      cause: 'The refresh grant reads its attributes from data.attributes only.',
    },
    {
      id: 'CT-607',
      level: 'INFO',
      title: 'The rotation of refresh tokens is observed',
      statement:
        'Whether a refresh issues a new refresh token, and whether the old one still works afterwards, is reported.',
      source: rfc(6749, '6'),
      cause: 'Both are permitted; rotation with the old token revoked is the safer choice.',
    },
    {
      id: 'CT-608',
      level: 'INFO',
      title: 'The answer to a refresh without client_secret is observed',
      statement:
        'The provider documents client_secret as required for client_credentials only, RFC 6749 has clients ' +
        'authenticate; whether a refresh_token request without it is answered 201 is reported.',
      source: sources(provider, rfc(6749, '6')),
      cause: 'The two sources disagree; asking for the secret is the safer choice.',
    },
    {
      id: 'CT-609',
      level: 'SHOULD',
      title: 'A refresh with a wrong client_secret is refused',
      statement: `A refresh_token request with an issued refresh token but a wrong client_secret is ${refused}.`,
      source: rfc(6749, '6'),
      cause: 'The refresh grant does not authenticate the client, not even when it sends a secret.',
    },
    {
      id: 'CT-610',
      level: 'MUST',
      title: 'A refresh with an unknown client_id is refused',
      statement: `A refresh_token request with an issued refresh token but an unknown client_id is ${refusedHere}.`,
      source: provider,
      cause: 'The refresh grant never looks at client_id.',
    },
  ],
  refusals: [
    {
      id: 'CT-701',
      level: 'MUST',
      title: `Every ${refusals} of createToken is the documented error document`,
      statement: `Every answer of createToken with the status ${refusals} is ${errorDocument}.`,
      source: provider,
      cause:
        'The framework or a proxy answers with a body of its own, errors is one object, or a code is undocumented.',
    },
    {
      id: 'CT-702',
      level: 'MUST',
      title: 'The status inside an error of createToken fits the HTTP status',
      statement:
        'In a refusal of createToken with one error object, its status, where given, equals the HTTP status; with ' +
        'several, each status given is of the same class (4xx) as the HTTP status.',
      source: sources(provider, jsonApi('"Error Objects"')),
      cause: 'The status in the body is a constant, or a proxy changes that of the answer.',
    },
    {
      id: 'CT-704',
      level: 'MUST',
      title: `Every ${refusals} answer of createToken is ${jsonApiMediaType}`,
      statement: `Every answer of createToken with the status ${refusals} has the media type ${jsonApiMediaType}.`,
      source: provider,
      cause: 'Errors take another way out than successes; set the Content-Type in the error handler as well.',
    },
    {
      id: 'CT-706',
      level: 'SHOULD',
      title: 'No refusal of createToken shows internals',
      statement: `No refusal of createToken shows internals of the server: ${internals}.`,
      source: owasp('Error Handling Cheat Sheet'),
      cause: 'Debug mode is on, or the message of an exception is answered unchanged.',
    },
    {
      id: 'CT-707',
      level: 'SHOULD',
      title: 'A 401 of createToken carries WWW-Authenticate',
      statement: 'Every 401 answer of createToken carries a WWW-Authenticate header with at least one challenge.',
      source: rfc(9110, '15.5.2'),
      cause: 'The 401 is built by hand, without the header that HTTP asks of every 401.',
    },
    {
      id: 'CT-708',
      level: 'SHOULD',
      title: 'GET, PUT, PATCH and DELETE on /oauth/token are refused and issue nothing',
      statement: `GET, PUT, PATCH and DELETE on /oauth/token, even with valid credentials, are ${refused}.`,
      source: rfc(6749, '3.2'),
      cause: 'The route is registered for every method.',
    },
    {
      id: 'CT-709',
      level: 'SHOULD',
      title: 'Every other 4xx answer of createToken is an error document too',
      statement:
        `Every 4xx answer of createToken with a status other than ${refusals} is an error document of the media type ` +
        `${jsonApiMediaType} as well, with any code.`,
      source: jsonApi('"Error Objects"'),
      cause: "Unknown routes, methods and bad JSON get the framework's default answer.",
    },
  ],
});
