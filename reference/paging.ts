import type { Document } from './answer.ts';
import { conforming, type Behaviour } from './behaviour.ts';
import type { Token } from './state.ts';

/** A page of groups as a server cuts it: the top-level links that are paths get the base path in front. */
export interface Paging {
  readonly size: number;
  /** The query that leads to the page which begins at a position. */
  readonly query: (start: number) => string;
  /** The position at which the page of a query begins. */
  readonly start: (query: URLSearchParams) => number;
  /** In place of a page that is not there; left out where undefined. */
  readonly none?: null;
  /** `links.last` and `links.prev`, too. */
  readonly all?: boolean;
  readonly count?: boolean;
}

/** Steps that list groups by pages. */
export function paged({ size, query, start, none, all = true, count = true }: Paging): () => Partial<Behaviour> {
  return () => ({
    renderGroupList: (token: Token, context): Document => {
      const from = start(new URL(context.request.url).searchParams);
      const whole = conforming.renderGroupList(token, context) as Document & { data: unknown[]; links: { self: string } };
      const { length } = whole.data;
      const last = Math.max(0, Math.ceil(length / size) - 1) * size;
      const to = (position: number) =>
        position < 0 || position > last ? none
        : `${whole.links.self}?${query(position)}`;
      return {
        data: whole.data.slice(from, from + size),
        links: { self: to(from), next: to(from + size), ...(all && { first: to(0), prev: to(from - size), last: to(last) }) },
        meta: count ? { count: length } : {},
      };
    },
  });
}

/** Pages that are numbered from 1. */
export function numbered(size: number, more: Partial<Paging> = {}): () => Partial<Behaviour> {
  return paged({
    size,
    query: (start) => `page[number]=${start / size + 1}&page[size]=${size}`,
    start: (query) => (Number(query.get('page[number]') ?? 1) - 1) * size,
    ...more,
  });
}

/** Pages by a position that only the server can read. */
export function byCursor(size: number, more: Partial<Paging> = {}): () => Partial<Behaviour> {
  return paged({
    size,
    query: (start) => `after=${encodeURIComponent(Buffer.from(`start+${start}?`).toString('base64'))}`,
    start: (query) => Number(/\d+/.exec(Buffer.from(query.get('after') ?? '', 'base64').toString())?.[0] ?? 0),
    all: false,
    ...more,
  });
}
