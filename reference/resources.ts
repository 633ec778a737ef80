import type { Document, Resource } from './answer.ts';
import type { Context } from './context.ts';
import type { Group, Organization } from './directory.ts';
import type { Include } from './include.ts';
import type { Token } from './state.ts';

/** The resource of a token. It has no `links.self`: no operation fetches it. */
export function renderToken(token: Token, { state, basePath }: Context): Resource {
  const { id, accessToken, refreshToken, groups, organization } = token;
  return {
    type: 'token',
    id,
    attributes: {
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: 'bearer',
      expires_in: state.tokenLifetimeS,
    },
    relationships: {
      groups: {
        data: groups.map((group) => ({ type: 'group', id: group.id })),
        links: { related: `${basePath}/oauth/token/${id}/groups` },
      },
      organization: {
        data: { type: 'organization', id: organization.id },
        links: { related: `${basePath}/oauth/token/${id}/organization` },
      },
    },
  };
}

/** The resources of the relationships that the client asked to include. */
export function renderIncluded(token: Token, include: readonly Include[], context: Context): readonly Resource[] {
  return include.flatMap((name) =>
    name === 'groups'
      ? token.groups.map((group) => renderGroup(group, context))
      : [renderOrganization(token.organization, context)],
  );
}

/** The document that lists the groups of a token, on one page. */
export function renderGroupList({ id, groups }: Token, context: Context): Document {
  return {
    data: groups.map((group) => renderGroup(group, context)),
    links: { self: `${context.basePath}/oauth/token/${id}/groups` },
    meta: { count: groups.length },
  };
}

/** The document that holds the organization of a token. */
export function renderTokenOrganization({ id, organization }: Token, context: Context): Document {
  return {
    data: renderOrganization(organization, context),
    links: { self: `${context.basePath}/oauth/token/${id}/organization` },
  };
}

function renderGroup({ id, ...attributes }: Group, { basePath }: Context): Resource {
  return { type: 'group', id, attributes, links: { self: `${basePath}/group/${id}` } };
}

function renderOrganization({ id, name }: Organization, { basePath }: Context): Resource {
  return { type: 'organization', id, attributes: { name }, links: { self: `${basePath}/organization/${id}` } };
}
