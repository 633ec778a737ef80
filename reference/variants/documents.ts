import type { Resource } from '../answer.ts';
import type { App } from '../app.ts';
import { conforming, type Behaviour } from '../behaviour.ts';
import type { Variant } from '../deviation.ts';
import { chunked, editAnswer, editDocument, editLinks, isObject, mapObjects, omit, type JsonObject } from '../edits.ts';

/** Steps that change the resource of a token. */
function token(edit: (resource: Resource) => Resource): () => Partial<Behaviour> {
  return () => ({ renderToken: (...args) => edit(conforming.renderToken(...args)) });
}

/** Steps that leave a token one of its relationships. */
function onlyRelationship(name: 'groups' | 'organization'): () => Partial<Behaviour> {
  return token((resource) => ({ ...resource, relationships: { [name]: (resource['relationships'] as JsonObject)[name] } }));
}

/** The JSON text of a document without a character that is not ASCII. */
function escaped(document: unknown): string {
  return JSON.stringify(document).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).replaceAll('/', '\\/');
}

/** A wrapper by which a token's relationships link to another service below the same base URL, and what that answers. */
function linkedElsewhere(status: number, mediaType: string, body: string): (app: App) => App {
  const linked = editLinks((link, { operation }) => (operation === 'createToken' ? link.replace('/oauth/token/', '/pub/oauth/token/') : link));
  return (app) => (request) =>
    new URL(request.url).pathname.includes('/pub/oauth/token/')
      ? new Response(body, { status, headers: { 'content-type': mediaType } })
      : linked(app)(request);
}

const growing = { $schema: 'https://example.com/schema', nested: { list: [1, 'two', null] }, empty: {} };

/** What the documents hold, and how they are written. */
export const documents: readonly Variant[] = [
  {
    name: 'no-meta',
    summary: 'No document has a meta.',
    wrap: editDocument((document) => omit(document, 'meta')),
  },
  {
    name: 'no-relationships',
    summary: 'A token has no relationships.',
    steps: token((resource) => omit(resource, 'relationships')),
  },
  {
    name: 'only-groups-relationship',
    summary: 'A token is related to its groups only.',
    steps: onlyRelationship('groups'),
    // An included organization is then linked from nowhere.
    warnings: ['CT-154'],
  },
  {
    name: 'only-organization-relationship',
    summary: 'A token is related to its organization only.',
    steps: onlyRelationship('organization'),
    warnings: ['CT-154'],
  },
  {
    name: 'related-links-lead-elsewhere',
    summary: 'A token is related by links to another service, which answers 500 with a page.',
    wrap: linkedElsewhere(500, 'text/html', '<!DOCTYPE html><title>Internal Server Error</title>'),
  },
  {
    name: 'related-links-lead-to-a-login',
    summary: 'A token is related by links to another service, which answers 401 with JSON of its own.',
    wrap: linkedElsewhere(401, 'application/json', '{"message":"Unauthorized"}'),
  },
  {
    name: 'no-links',
    summary: 'Neither documents nor resources have links, and so a token has no relationships either.',
    steps: token((resource) => omit(resource, 'relationships')),
    wrap: editDocument((document) => mapObjects(document, (object) => omit(object, 'links'))),
  },
  {
    name: 'minimal-documents',
    summary: 'Documents hold what is required of them, and nothing else.',
    wrap: editDocument((document) =>
      mapObjects(omit(document, 'meta'), (object) =>
        'errors' in object ? { errors: [{}] } : omit(object, 'links', 'relationships', 'bio'),
      ),
    ),
  },
  {
    name: 'more-members',
    summary: 'Every object has members that are not documented, resources have more attributes and relationships.',
    wrap: editDocument((document) =>
      mapObjects({ ...document, jsonapi: { version: '1.0' } }, (object) => ({
        ...object,
        ...growing,
        ...('attributes' in object && { relationships: { ...(object['relationships'] as JsonObject | undefined), parent: { data: null } } }),
      })),
    ),
  },
  {
    name: 'types-as-in-the-examples',
    summary: 'A token is of the type oauth/token, and its token_type is Bearer.',
    steps: token((resource) => ({
      ...resource,
      type: 'oauth/token',
      attributes: { ...(resource['attributes'] as JsonObject), token_type: 'Bearer' },
    })),
  },
  {
    name: 'pretty-printed',
    summary: 'JSON is indented, with a carriage return at each line, and white space around it.',
    wrap: editAnswer(({ document }) =>
      isObject(document) ? { document: `\r\n${JSON.stringify(document, undefined, '\t').replaceAll('\n', '\r\n')}\n\n` } : {},
    ),
  },
  {
    name: 'names-beyond-ascii',
    summary: 'Names are of many scripts, in raw UTF-8, sent in chunks that divide characters.',
    clients: (clients) => clients.map((client) => ({ ...client, organization: renamed(client.organization) })),
    wrap: chunked(7),
  },
  {
    name: 'names-beyond-ascii-escaped',
    summary: 'Names are of many scripts, each character of them written as an escape, and so is every slash.',
    clients: (clients) => clients.map((client) => ({ ...client, organization: renamed(client.organization) })),
    wrap: editDocument((document) => escaped(document)),
  },
  {
    name: 'empty-texts',
    summary: 'Every group has an empty bio, and a name that others have too.',
    wrap: editDocument((document) => mapObjects(document, (object) => ('name' in object ? { name: 'General', bio: '' } : object))),
  },
  {
    name: 'included-without-being-asked',
    summary: 'Groups and organization are included where a request does not say what to include.',
    steps: () => ({
      readInclude: (context) =>
        new URL(context.request.url).searchParams.has('include') ? conforming.readInclude(context) : ['groups', 'organization'],
    }),
  },
];

function renamed<O extends { readonly groups: readonly { readonly name: string }[] }>(organization: O): O {
  const names = ['Kardiologie für Ältere', '心臓血管外科', 'Нейрохирургия', 'جراحة', '🫀 Herz\u2028', 'naïve "quotes" \\ \u0000'];
  const groups = organization.groups.map((group, i) => ({ ...group, name: names[i % names.length] }));
  return { ...organization, name: 'Überörtliche Gemeinschaft 🏥', groups };
}
