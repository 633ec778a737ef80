import { conforming } from '../behaviour.ts';
import type { Variant } from '../deviation.ts';
import type { Group, RegisteredClient } from '../directory.ts';
import { editDocument, editLinks, omit, type JsonObject } from '../edits.ts';
import { byCursor, numbered, paged } from '../paging.ts';

/** What precedes the documented path in a link of this server. */
const basePath = /^\/variant\/[^/]+/;

/** Clients whose organizations have so many groups each, in which nothing but the ids of the two differ. */
function having(count: number): NonNullable<Variant['clients']> {
  return (clients) => clients.map((client, i) => withGroups(client, groups(count, `${'ab'[i]}0group`)));
}

function groups(count: number, prefix: string): readonly Group[] {
  return Array.from({ length: count }, (_, i) => ({ id: `${prefix}${i}`, name: `Group ${i}` }));
}

function withGroups(client: RegisteredClient, list: readonly Group[]): RegisteredClient {
  return { ...client, organization: { ...client.organization, groups: list } };
}

/** How many groups there are, and how they are listed. */
export const groupLists: readonly Variant[] = [
  {
    name: 'zero-groups',
    summary: 'No organization has a group; what is asked to be included is an empty list.',
    clients: having(0),
  },
  {
    name: 'zero-groups-not-included',
    summary: 'No organization has a group, and an empty included is left out.',
    clients: having(0),
    wrap: editDocument((document) => ((document['included'] as unknown[] | undefined)?.length === 0 ? omit(document, 'included') : document)),
  },
  {
    name: 'a-thousand-groups',
    summary: 'Each organization has a thousand groups, on one page.',
    clients: having(1000),
  },
  {
    name: 'a-thousand-groups-paged',
    summary: 'Each organization has a thousand groups, fifty on a page.',
    clients: having(1000),
    steps: numbered(50),
  },
  {
    name: 'pages-with-an-empty-last-one',
    summary: 'Groups are listed five on a page, there are ten, and an empty page follows.',
    clients: having(10),
    steps: paged({
      size: 5,
      query: (start) => `offset=${start}`,
      start: (query) => Number(query.get('offset') ?? 0),
      all: false,
    }),
    wrap: editDocument((document, { request, operation }) => {
      const links = document['links'] as JsonObject | undefined;
      if (operation !== 'fetchTokenGroups' || !links || 'next' in links || request.url.includes('offset=10')) return document;
      return { ...document, links: { ...links, next: `${String(links['self']).replace(/\?.*/, '')}?offset=10` } };
    }),
  },
  {
    name: 'pages-by-absolute-links',
    summary: 'Ten groups are listed five on a page; all links are absolute, and the last page has null for the next.',
    clients: having(10),
    steps: numbered(5, { none: null }),
    wrap: editLinks((link, { request }) => new URL(link, request.url).href),
  },
  {
    name: 'pages-by-a-query-alone',
    summary: 'Groups are listed two on a page, by links that are no more than a query.',
    steps: numbered(2),
    wrap: editLinks((link) => link.replace(/^.*\?/, '?')),
  },
  {
    name: 'pages-by-link-objects',
    summary: 'Groups are listed one on a page; all links are objects.',
    steps: numbered(1),
    wrap: editLinks((link) => ({ href: link, meta: { method: 'GET' } })),
  },
  {
    name: 'pages-under-another-prefix',
    summary: 'Groups are listed two on a page; all links begin with /pub, as before the rewriting of a gateway.',
    steps: numbered(2),
    wrap: editLinks((link) => link.replace(basePath, '/pub')),
  },
  {
    name: 'pages-by-links-of-the-public-host',
    summary: 'Groups are listed two on a page; all links are absolute, with the host that the API is published under.',
    steps: numbered(2),
    wrap: editLinks((link) => link.replace(basePath, 'https://api.example.com/pub')),
  },
  {
    name: 'pages-by-cursor',
    summary: 'Groups are listed three on a page, by an opaque cursor, and neither counted nor named by the token.',
    steps: () => ({
      ...byCursor(3, { count: false })(),
      renderToken: (...args) => omit(conforming.renderToken(...args), 'relationships'),
    }),
  },
  {
    name: 'groups-in-another-order-each-time',
    summary: 'Groups are listed in another order at every read.',
    steps: () => {
      let reads = 0;
      return {
        renderGroupList: (token, context) => {
          const turn = reads++ % Math.max(1, token.groups.length);
          return conforming.renderGroupList({ ...token, groups: [...token.groups.slice(turn), ...token.groups.slice(0, turn)] }, context);
        },
      };
    },
  },
];

