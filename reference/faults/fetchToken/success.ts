import type { Document, Resource } from '../../answer.ts';
import type { App } from '../../app.ts';
import { conforming, type Behaviour } from '../../behaviour.ts';
import type { Context } from '../../context.ts';
import type { Fault, Faults } from '../../deviation.ts';
import { omit, type Edit, type JsonObject, type Seen } from '../../edits.ts';
import { numbered } from '../../paging.ts';
import { forbidden, notFound } from '../../refusals.ts';
import type { Token } from '../../state.ts';
import { editRelationship, flat, refreshed } from '../createToken/granted.ts';
import { editSuccess, errorsOf, groupsFetch, ofBoth, organizationFetch, rendering, resources, type Fetch } from './both.ts';

/** Steps that refuse the id in the path of one fetch. */
function refusingIds(fetch: Fetch, refuse: () => Error): () => Partial<Behaviour> {
  return () => ({
    findToken: (id, caller, context) => {
      if (context.operation === fetch.operation) throw refuse();
      return conforming.findToken(id, caller, context);
    },
  });
}

/** A document of groups, as the conforming step makes it. */
interface GroupList extends Document {
  readonly data: readonly Resource[];
  readonly links: JsonObject;
  readonly meta: JsonObject;
}

type EditList = (list: GroupList, token: Token, context: Context) => Document;

/** Steps that change the list of groups. */
function list(edit: EditList): () => Partial<Behaviour> {
  return rendering(groupsFetch, (document, token, context) => edit(document as GroupList, token, context));
}

/** Steps that list other groups than those of the token, and count them. */
function listed(groups: (token: Token, context: Context) => Token['groups']): () => Partial<Behaviour> {
  return () => ({
    renderGroupList: (token, context) => conforming.renderGroupList({ ...token, groups: groups(token, context) }, context),
  });
}

/** How many groups are on a page of the faults that have pages. */
const pageSize = 2;

/** Steps that list groups two on a page, and change pages. */
function pages(edit: (page: GroupList, number: number, token: Token, context: Context) => Document): () => Partial<Behaviour> {
  return () => {
    const { renderGroupList = conforming.renderGroupList } = numbered(pageSize)();
    return {
      renderGroupList: (token, context) => {
        const page = renderGroupList(token, context) as GroupList;
        return edit(page, pageNumber(context.request), token, context);
      },
    };
  };
}

function pageNumber({ url }: Request): number {
  return Number(new URL(url).searchParams.get('page[number]') ?? 1);
}

/** Steps by which the second page of groups is another. */
function secondPage(edit: (page: GroupList, token: Token, context: Context) => Document): () => Partial<Behaviour> {
  return pages((page, number, token, context) => (number === 2 ? edit(page, token, context) : page));
}

/** The path of a token's groups with a page. */
function pageLink({ links }: GroupList, number: number): string {
  return `${String(links['self']).replace(/\?.*/, '')}?page[number]=${number}&page[size]=${pageSize}`;
}

/** Steps by which a token is related to other resources than it gives access to. */
function related(edit: (data: unknown, token: Token) => unknown, name: 'groups' | 'organization'): () => Partial<Behaviour> {
  return () => ({
    renderToken: (token, context) => {
      const resource = conforming.renderToken(token, context);
      const relationships = resource['relationships'] as Readonly<Record<string, JsonObject>>;
      const relationship = { ...relationships[name], data: edit(relationships[name]?.['data'], token) };
      return { ...resource, relationships: { ...relationships, [name]: relationship } };
    },
  });
}

/** A fault by which some tokens are related to other groups, or another organization, than they give access to. */
function misrelated(
  tokens: 'flat' | 'refreshed',
  name: 'groups' | 'organization',
  to: string,
  edit: (data: unknown) => unknown,
): Fault {
  return {
    name: `${tokens}-token-related-to-${to.replaceAll(' ', '-')}`,
    summary: `A token that ${tokens === 'flat' ? 'a flat request' : 'a refresh'} gives is related to ${to}.`,
    wrap: editRelationship(name, { flat, refreshed }[tokens], (relationship) => ({ ...relationship, data: edit(relationship['data']) })),
    // What a flat request includes is linked from nowhere.
    ...(tokens === 'flat' && { also: ['CT-154'] as const }),
  };
}

const none = (): unknown => [];

/** An identifier, or a list of some, of others of the same type. */
function others(data: unknown): unknown {
  return Array.isArray(data) ? data.map(others) : { ...(data as JsonObject), id: `other${String((data as JsonObject)['id'])}` };
}

/** Steps by which the resources of a fetch link to another id than theirs. */
function linked(fetch: Fetch, segment: (resource: Resource, position: number, token: Token) => unknown): () => Partial<Behaviour> {
  return resources(fetch, (resource, position, token) => {
    const { self } = resource['links'] as { readonly self: string };
    return { ...resource, links: { self: self.replace(/[^/]*$/, String(segment(resource, position, token))) } };
  });
}

/** The name of a resource in lower case, as it stands in the address of a web page. */
function slug({ attributes }: Resource): string {
  return String((attributes as JsonObject)['name']).toLowerCase().replaceAll(' ', '-');
}

/** A wrapper that changes the answer to each read that has come before, with the same headers. */
function whenReadAgain(fetch: Fetch, edit: (seen: Seen) => Edit): (app: App) => App {
  return (app) => {
    const reads = new Set<string>();
    return editSuccess(fetch, (seen) => {
      const { method, url, headers } = seen.request;
      const read = [method, url, headers.get('authorization'), headers.get('accept')].join(' ');
      const again = reads.has(read);
      reads.add(read);
      return again ? edit(seen) : {};
    })(app);
  };
}

/** A wrapper by which a fetch heeds what the client accepts; `null` where the client does not say. */
function negotiating(fetch: Fetch, edit: (accept: string | null, document: unknown) => Edit): (app: App) => App {
  return editSuccess(fetch, ({ request, document }) => edit(request.headers.get('accept'), document));
}

/** A resource as it would be without JSON:API. */
function plain(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(plain);
  const { id, attributes } = data as JsonObject;
  return { id, ...(attributes as JsonObject) };
}

const html = (title: string) => `<!DOCTYPE html><html><head><title>${title}</title></head><body></body></html>`;

/** Steps by which the list of groups says otherwise where it stands. */
function selfLink(self: (token: Token, context: Context) => string): () => Partial<Behaviour> {
  return list((document, token, context) => ({ ...document, links: { self: context.basePath + self(token, context) } }));
}

const status = ofBoth('101', (fetch) => [
  {
    name: `${fetch.resource}-as-206`,
    summary: 'A read that succeeds is answered 206.',
    wrap: editSuccess(fetch, () => ({ status: 206 })),
  },
  {
    name: `${fetch.resource}-moved`,
    summary: 'A path without a trailing slash is answered 308.',
    wrap: editSuccess(fetch, ({ request }) => ({
      status: 308,
      document: '',
      headers: { 'location': `${new URL(request.url).pathname}/`, 'content-type': 'text/html' },
    })),
  },
  {
    name: `${fetch.resource}-of-the-own-token-forbidden`,
    summary: 'A token that client credentials gave has no scope to read, and is answered 403.',
    steps: refusingIds(fetch, () => forbidden('The token must have the scope to read.')),
  },
  {
    name: `${fetch.resource}-not-found`,
    summary: 'No id is found.',
    steps: refusingIds(fetch, notFound),
  },
]);

const schema = ofBoth('102', (fetch) => [
  {
    name: `${fetch.resource}-without-names`,
    summary: 'Resources have no name.',
    steps: resources(fetch, (resource) => ({ ...resource, attributes: omit(resource['attributes'] as JsonObject, 'name') })),
  },
  {
    name: `${fetch.resource}-of-a-type-in-the-plural`,
    summary: 'The type of a resource is in the plural.',
    steps: resources(fetch, (resource) => ({ ...resource, type: `${fetch.type}s` })),
  },
  {
    name: `${fetch.resource}-with-numeric-ids`,
    summary: 'Ids are numbers.',
    steps: resources(fetch, (resource, position) => ({ ...resource, id: 1000 + position })),
  },
  {
    name: `${fetch.resource}-without-attributes`,
    summary: 'Resources are no more than identifiers.',
    steps: resources(fetch, (resource) => omit(resource, 'attributes')),
  },
  {
    name: `${fetch.resource}-with-attributes-beside-the-id`,
    summary: 'The attributes of a resource stand beside its id.',
    steps: resources(fetch, (resource) => ({ ...omit(resource, 'attributes'), ...(resource['attributes'] as JsonObject) })),
  },
  {
    name: `${fetch.resource}-linked-in-the-plural`,
    summary: 'The path in the link of a resource is in the plural.',
    steps: resources(fetch, (resource) => ({
      ...resource,
      links: { self: String((resource['links'] as JsonObject)['self']).replace(`/${fetch.type}/`, `/${fetch.type}s/`) },
    })),
  },
  {
    name: `${fetch.resource}-with-links-without-self`,
    summary: 'The links of a resource are empty.',
    steps: resources(fetch, (resource) => ({ ...resource, links: {} })),
  },
  {
    name: `${fetch.resource}-with-a-numeric-request-id`,
    summary: 'The request id is a number.',
    steps: () => {
      let requests = 0;
      return rendering(fetch, (document) => ({ ...document, meta: { ...document.meta, req_id: ++requests } }))();
    },
  },
]);

const mediaType = ofBoth('103', (fetch) => [
  {
    name: `${fetch.resource}-as-json`,
    summary: 'A read that succeeds is answered as application/json.',
    wrap: editSuccess(fetch, () => ({ headers: { 'content-type': 'application/json' } })),
  },
  {
    name: `${fetch.resource}-as-text`,
    summary: 'A read that succeeds is answered without a media type, for which the framework sets its own.',
    wrap: editSuccess(fetch, () => ({ headers: { 'content-type': null } })),
  },
  {
    name: `${fetch.resource}-as-a-vendors-json`,
    summary: 'A read that succeeds is answered with the media type misspelled.',
    wrap: editSuccess(fetch, () => ({ headers: { 'content-type': 'application/vnd.api-json' } })),
  },
]);

const repeated = ofBoth('107', (fetch) => [
  {
    name: `${fetch.resource}-with-a-counter`,
    summary: 'Each read is counted, and the answer says how many there were.',
    steps: () => {
      let reads = 0;
      return rendering(fetch, (document) => ({ ...document, meta: { ...document.meta, reads: ++reads } }))();
    },
  },
  {
    name: `${fetch.resource}-refused-when-read-again`,
    summary: 'A read that has come before is taken for a replay, and answered 403.',
    wrap: whenReadAgain(fetch, () => errorsOf(403, 'Replayed')),
  },
  {
    name: `${fetch.resource}-as-json-when-read-again`,
    summary: 'A read that has come before is answered from a cache that has forgotten the media type.',
    wrap: whenReadAgain(fetch, () => ({ headers: { 'content-type': 'application/json' } })),
  },
  {
    name: `${fetch.resource}-empty-when-read-again`,
    summary: 'A read that has come before is answered 200 with nothing in it.',
    wrap: whenReadAgain(fetch, () => ({ document: { data: fetch.resource === 'groups' ? [] : null } })),
  },
]);

const accept = ofBoth('110', (fetch) => [
  {
    name: `${fetch.resource}-not-acceptable-as-json`,
    summary: 'A client that accepts application/json only is answered 406.',
    wrap: negotiating(fetch, (accepted) => (accepted === 'application/json' ? errorsOf(406, 'Not Acceptable') : {})),
  },
  {
    name: `${fetch.resource}-not-without-accept`,
    summary: 'A client that does not say what it accepts is answered 406.',
    wrap: negotiating(fetch, (accepted) => (accepted === null ? errorsOf(406, 'Not Acceptable') : {})),
  },
  {
    name: `${fetch.resource}-as-a-page-for-anything`,
    summary: 'A client that accepts anything gets the page of an API browser.',
    wrap: negotiating(fetch, (accepted) =>
      accepted === '*/*' ? { document: html(fetch.operation), headers: { 'content-type': 'text/html' } } : {},
    ),
  },
  {
    name: `${fetch.resource}-in-the-media-type-accepted`,
    summary: 'A client that accepts application/json gets the same document, but as application/json.',
    wrap: negotiating(fetch, (accepted) =>
      accepted === 'application/json' ? { headers: { 'content-type': 'application/json' } } : {},
    ),
  },
  {
    name: `${fetch.resource}-plain-for-json`,
    summary: 'A client that accepts application/json gets resources without the structure of JSON:API.',
    wrap: negotiating(fetch, (accepted, document) =>
      accepted === 'application/json' ? { document: { data: plain((document as JsonObject)['data']) } } : {},
    ),
  },
]);

const selfLinks = ofBoth('106', (fetch) => [
  {
    name: `${fetch.resource}-linked-by-number`,
    summary: 'The link of a resource has its number in the list in place of its id.',
    steps: linked(fetch, (_, position) => position + 1),
  },
  {
    name: `${fetch.resource}-linked-by-name`,
    summary: 'The link of a resource has its name in place of its id.',
    steps: linked(fetch, slug),
  },
  {
    name: `${fetch.resource}-linked-by-the-token`,
    summary: 'The link of a resource has the id of the token in place of its own.',
    steps: linked(fetch, (_resource, _position, { id }) => id),
  },
]);

/** TG-101 to TG-110, TO-101 to TO-110. */
export const success = {
  ...mediaType,
  ...repeated,
  ...accept,
  'TG-101': [
    ...status['TG-101'],
    {
      name: 'groups-second-page-not-found',
      summary: 'Groups are listed two on a page, and the second page is answered 404.',
      steps: secondPage(() => {
        throw notFound();
      }),
    },
    {
      name: 'groups-but-the-last-page-as-206',
      summary: 'Groups are listed two on a page, and each page but the first is answered 206.',
      steps: numbered(pageSize),
      wrap: editSuccess(groupsFetch, ({ request }) => (pageNumber(request) > 1 ? { status: 206 } : {})),
    },
  ],
  'TO-101': status['TO-101'],
  'TG-102': [
    ...schema['TG-102'],
    {
      name: 'groups-with-bio-null',
      summary: 'The bio of a group that has none is null.',
      steps: resources(groupsFetch, (group) => ({ ...group, attributes: { bio: null, ...(group['attributes'] as JsonObject) } })),
    },
    {
      name: 'groups-one-without-a-name',
      summary: 'The last group has a name that is null.',
      steps: resources(groupsFetch, (group, position) =>
        position === 2 ? { ...group, attributes: { ...(group['attributes'] as JsonObject), name: null } } : group,
      ),
    },
    {
      name: 'groups-in-an-object',
      summary: 'Groups stand in an object by their position, as a filtered array is written in PHP.',
      steps: list((document) => ({ ...document, data: Object.fromEntries(document.data.entries()) })),
    },
    {
      name: 'groups-without-a-document',
      summary: 'The list of groups is the whole body.',
      wrap: editSuccess(groupsFetch, ({ document }) => ({ document: (document as GroupList).data })),
    },
    {
      name: 'groups-counted-in-a-text',
      summary: 'The count is a text.',
      steps: list((document) => ({ ...document, meta: { count: String(document.meta['count']) } })),
    },
    {
      name: 'groups-with-links-null',
      summary: 'The top-level links are null.',
      steps: list((document) => ({ ...document, links: null })),
    },
    {
      name: 'groups-second-page-without-data',
      summary: 'Groups are listed two on a page, and the second page has its groups under another name.',
      steps: secondPage(({ data, ...page }) => ({ ...page, items: data })),
    },
  ],
  'TO-102': [
    ...schema['TO-102'],
    {
      name: 'organization-in-a-list',
      summary: 'The organization is the only one in a list.',
      steps: rendering(organizationFetch, (document) => ({ ...document, data: [document['data']] })),
    },
    {
      name: 'organization-null',
      summary: 'There is no organization.',
      steps: rendering(organizationFetch, (document) => ({ ...document, data: null })),
    },
    {
      name: 'organization-under-its-own-name',
      summary: 'The document has the organization in place of data.',
      steps: rendering(organizationFetch, ({ data, ...document }) => ({ ...document, organization: data })),
    },
  ],
  'TG-103': [
    ...mediaType['TG-103'],
    {
      name: 'groups-second-page-as-json',
      summary: 'Groups are listed two on a page, and the second page is answered as application/json.',
      steps: numbered(pageSize),
      wrap: editSuccess(groupsFetch, ({ request }) =>
        pageNumber(request) > 1 ? { headers: { 'content-type': 'application/json' } } : {},
      ),
    },
  ],
  'TG-104': [
    {
      name: 'groups-without-the-last',
      summary: 'The list lacks the last group.',
      steps: listed(({ groups }) => groups.slice(0, -1)),
    },
    {
      name: 'groups-without-a-bio-left-out',
      summary: 'A join leaves out the groups that have no bio.',
      steps: listed(({ groups }) => groups.filter(({ bio }) => bio !== undefined)),
    },
    {
      name: 'groups-cut-by-a-limit',
      summary: 'No more than two groups are listed, though all are counted.',
      steps: list((document) => ({ ...document, data: document.data.slice(0, 2) })),
    },
    {
      name: 'groups-listed-twice',
      summary: 'A join lists one group twice.',
      steps: listed(({ groups }) => groups.flatMap((group, i) => (i === 1 ? [group, group] : [group]))),
    },
    {
      name: 'groups-with-one-of-another-organization',
      summary: 'The list has a group of another organization at its end.',
      steps: listed(({ groups, organization }, { state }) => [
        ...groups,
        ...state.clients.filter((other) => other.organization.id !== organization.id).flatMap((other) => other.organization.groups.slice(0, 1)),
      ]),
    },
    {
      name: 'groups-with-ids-in-upper-case',
      summary: 'Ids are in upper case in the list, and nowhere else.',
      steps: listed(({ groups }) => groups.map((group) => ({ ...group, id: group.id.toUpperCase() }))),
    },
    {
      name: 'groups-pages-overlap',
      summary: 'Groups are listed two on a page, and the second page begins with the last group of the first.',
      steps: pages((page, number, token, context) =>
        number === 1
          ? page
          : { ...page, data: (conforming.renderGroupList(token, context) as GroupList).data.slice((number - 1) * pageSize - 1).slice(0, pageSize + 1) },
      ),
    },
    {
      name: 'groups-pages-skip-one',
      summary: 'Groups are listed two on a page, and the first one of the second page is left out.',
      steps: secondPage((page) => ({ ...page, data: page.data.slice(1) })),
    },
    {
      name: 'groups-pages-without-next',
      summary: 'Groups are listed two on a page, without a link to the next.',
      steps: pages((page) => ({ ...page, links: omit(page.links, 'next') })),
    },
    {
      name: 'groups-last-page-links-to-the-first',
      summary: 'Groups are listed two on a page, and the page after the last is the first.',
      steps: pages((page) => ({ ...page, links: { ...page.links, next: page.links['next'] ?? pageLink(page, 1) } })),
    },
    {
      name: 'groups-page-number-ignored',
      summary: 'Groups are listed two on a page, and every page is the first.',
      steps: () => {
        const { renderGroupList = conforming.renderGroupList } = numbered(pageSize)();
        return {
          renderGroupList: (token, context) => {
            const { origin, pathname } = new URL(context.request.url);
            return renderGroupList(token, { ...context, request: new Request(origin + pathname) });
          },
        };
      },
    },
    {
      name: 'groups-always-one-more-page',
      summary: 'Groups are listed two on a page, and where there are no more pages, the last comes again and again.',
      steps: pages((page, number, token, context) => {
        const { data } = conforming.renderGroupList(token, context) as GroupList;
        const last = Math.ceil(data.length / pageSize) - 1;
        const from = Math.min(number - 1, last) * pageSize;
        return { ...page, data: data.slice(from, from + pageSize), links: { ...page.links, next: pageLink(page, number + 1) } };
      }),
    },
    {
      name: 'token-related-to-some-groups',
      summary: 'A token is related to the first two of its groups.',
      steps: related((data) => (data as readonly unknown[]).slice(0, 2), 'groups'),
      // The others are included, and linked from nowhere.
      also: ['CT-154'],
    },
    misrelated('flat', 'groups', 'no groups', none),
    misrelated('flat', 'groups', 'other groups', others),
    misrelated('refreshed', 'groups', 'no groups', none),
    misrelated('refreshed', 'groups', 'other groups', others),
  ],
  'TO-104': [
    {
      name: 'organization-with-another-id',
      summary: 'The id of the organization has a prefix here, and nowhere else.',
      steps: renamed((id) => `org${id}`),
    },
    {
      name: 'organization-with-its-id-in-upper-case',
      summary: 'The id of the organization is in upper case here, and nowhere else.',
      steps: renamed((id) => id.toUpperCase()),
    },
    {
      name: 'organization-with-the-id-of-the-client',
      summary: 'The organization has the id of the client.',
      steps: renamed((_, { client }) => client.id),
    },
    {
      name: 'token-related-to-its-client',
      summary: 'A token is related to an organization that has the id of the client.',
      steps: related((data, { client }) => ({ ...(data as JsonObject), id: client.id }), 'organization'),
      // The organization is included, and linked from nowhere.
      also: ['CT-154'],
    },
    misrelated('flat', 'organization', 'another organization', others),
    misrelated('refreshed', 'organization', 'another organization', others),
  ],
  'TG-105': [
    {
      name: 'groups-counted-from-zero',
      summary: 'The count is one less than there are groups.',
      steps: list((document) => ({ ...document, meta: { count: document.data.length - 1 } })),
    },
    {
      name: 'groups-not-counted',
      summary: 'The count is always 0.',
      steps: list((document) => ({ ...document, meta: { count: 0 } })),
    },
    {
      name: 'groups-of-all-counted',
      summary: 'The groups of all organizations are counted.',
      steps: list((document, _, { state }) => ({
        ...document,
        meta: { count: state.clients.flatMap(({ organization }) => organization.groups).length },
      })),
    },
    {
      name: 'groups-counted-by-page',
      summary: 'Groups are listed two on a page, and the count is that of the page.',
      steps: pages((page) => ({ ...page, meta: { count: page.data.length } })),
    },
    {
      name: 'groups-pages-counted',
      summary: 'Groups are listed two on a page, and the count is that of the pages.',
      steps: pages((page) => ({ ...page, meta: { count: Math.ceil(Number(page.meta['count']) / pageSize) } })),
    },
    {
      name: 'groups-left-counted',
      summary: 'Groups are listed two on a page, and the second page counts those from there on.',
      steps: secondPage((page) => ({ ...page, meta: { count: page.data.length } })),
    },
  ],
  'TG-106': [
    ...selfLinks['TG-106'],
    {
      name: 'groups-all-linked-to-the-first',
      summary: 'All groups link to the first of them.',
      steps: linked(groupsFetch, (_resource, _position, { groups }) => groups[0]?.id),
    },
    {
      name: 'groups-second-page-linked-to-the-first',
      summary: 'Groups are listed two on a page, and those of the second page have the links of the first.',
      steps: secondPage((page, token) => ({
        ...page,
        data: page.data.map((group, i) => ({ ...group, links: { self: `/group/${token.groups[i]?.id}` } })),
      })),
    },
  ],
  'TO-106': selfLinks['TO-106'],
  'TG-109': [
    {
      name: 'groups-self-of-the-token',
      summary: 'The list links to the token as to itself.',
      steps: selfLink(({ id }) => `/oauth/token/${id}`),
    },
    {
      name: 'groups-self-of-all-groups',
      summary: 'The list links to the list of all groups as to itself.',
      steps: selfLink(() => '/groups'),
    },
    {
      name: 'groups-self-of-a-template',
      summary: 'The list links to itself by a template that nobody has filled in.',
      steps: selfLink(() => '/oauth/token/{id}/groups'),
    },
    {
      name: 'groups-self-of-the-organization',
      summary: 'The list links to itself with the id of the organization in place of that of the token.',
      steps: selfLink(({ organization }) => `/oauth/token/${organization.id}/groups`),
    },
    {
      name: 'groups-second-page-self-of-the-token',
      summary: 'Groups are listed two on a page, and the second page links to the token as to itself.',
      steps: secondPage((page, { id }, { basePath }) => ({ ...page, links: { ...page.links, self: `${basePath}/oauth/token/${id}` } })),
    },
  ],
} satisfies Partial<Faults>;

/** Steps by which the organization has another id, in its link too. */
function renamed(id: (old: string, token: Token) => string): () => Partial<Behaviour> {
  return () => ({
    renderTokenOrganization: (token, context) => {
      const organization = { ...token.organization, id: id(token.organization.id, token) };
      return conforming.renderTokenOrganization({ ...token, organization }, context);
    },
  });
}
