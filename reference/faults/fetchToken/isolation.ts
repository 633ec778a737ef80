import { posix } from 'node:path';
import { conforming, type Behaviour } from '../../behaviour.ts';
import type { Fault, Faults } from '../../deviation.ts';
import { editAnswer } from '../../edits.ts';
import { forbidden, Refusal } from '../../refusals.ts';
import type { Token } from '../../state.ts';
import { finding, ofBoth, type Fetch } from './fetch.ts';

type FindToken = Behaviour['findToken'];

/** Finds tokens as it conforms, but refuses another organization's, and only that, with a refusal of its own. */
function refusingForeign(refusal: (foreign: Token) => Refusal): FindToken {
  return (id, caller, context) => {
    const token = context.state.byId.get(id);
    if (token && token.organization.id !== caller.organization.id) throw refusal(token);
    return conforming.findToken(id, caller, context);
  };
}

/** Finds tokens as it conforms, but refuses an id that no token has with a refusal of its own. */
function refusingUnknown(refusal: () => Refusal): FindToken {
  return (id, caller, context) => {
    if (!context.state.byId.has(id)) throw refusal();
    return conforming.findToken(id, caller, context);
  };
}

/** Answers with the caller's own token where an id is of some kind, and finds all others as it conforms. */
function callersOwnFor(isOfTheKind: (id: string, known: ReadonlyMap<string, Token>) => boolean): FindToken {
  return (id, caller, context) =>
    isOfTheKind(id, context.state.byId) ? caller : conforming.findToken(id, caller, context);
}

/** Finds tokens by a part of the id. */
function foundBy(part: (id: string) => string): FindToken {
  return (id, caller, context) => conforming.findToken(part(id), caller, context);
}

/** The names of what a fetch gives. */
function namesOf({ organization, groups }: Token, { resource }: Fetch): string {
  return resource === 'organization' ? organization.name : groups.map(({ name }) => name).join(', ');
}

/** The conforming refusal with more in its error object. */
function forbiddenWith(more: object): Refusal {
  const { error } = forbidden('The id must be that of a token of your organization.');
  return new Refusal(403, { ...error, ...more });
}

const foreignIds = ofBoth((fetch) => {
  const { resource } = fetch;
  return [
    {
      name: `${resource}-of-any-organization`,
      summary: `The ${resource} of any token can be fetched, whatever organization it is of.`,
      steps: finding(fetch, () => (id, caller, context) => context.state.byId.get(id) ?? conforming.findToken(id, caller, context)),
    },
    {
      name: `${resource}-of-any-organization-for-one-client`,
      summary: `The client that was registered first can fetch the ${resource} of any token.`,
      steps: finding(fetch, () => (id, caller, context) => {
        const token = context.state.byId.get(id);
        return token && caller.client === context.state.clients[0] ? token : conforming.findToken(id, caller, context);
      }),
    },
    {
      name: `${resource}-from-a-shared-cache`,
      summary: `Once its owner has fetched the ${resource} of a token, a cache answers them to every client.`,
      steps: finding(fetch, () => {
        const stored = new Map<string, Token>();
        return (id, caller, context) => {
          const token = stored.get(id) ?? conforming.findToken(id, caller, context);
          stored.set(id, token);
          return token;
        };
      }),
    },
    {
      name: `${resource}-named-in-a-refusal`,
      summary: `The refusal of another organization's token has the names of its ${resource} in its meta.`,
      steps: finding(fetch, () => refusingForeign((foreign) => forbiddenWith({ meta: { belongsTo: namesOf(foreign, fetch) } }))),
    },
    {
      name: `${resource}-refused-with-the-owner-in-a-header`,
      summary: `The refusal of the ${resource} of another organization names that organization in a header.`,
      steps: finding(fetch, () =>
        refusingForeign(({ organization }) => new Refusal(403, forbiddenWith({}).error, { 'x-owner': organization.name })),
      ),
    },
    {
      name: `${resource}-refused-with-the-access-token`,
      summary: `The refusal of the ${resource} of another organization's token has its access token in its meta.`,
      steps: finding(fetch, () => refusingForeign(({ accessToken }) => forbiddenWith({ meta: { access_token: accessToken } }))),
    },
  ];
});

/** An answer that gives nothing, in place of a refusal. */
const nothing = { groups: { data: [], meta: { count: 0 } }, organization: { data: null } } as const;

const unknownIds = ofBoth((fetch) => {
  const { resource, prefix, operation } = fetch;
  const also = [`${prefix}-301`, `${prefix}-303`] as const satisfies Fault['also'];
  return [
    {
      name: `${resource}-whatever-the-id`,
      summary: `The id in the path is ignored: the ${resource} are those of the bearer token.`,
      steps: finding(fetch, () => (_, caller) => caller),
      also,
    },
    {
      name: `${resource}-of-the-caller-for-an-unknown-id`,
      summary: `An id that no token has is answered with the ${resource} of the bearer token.`,
      steps: finding(fetch, () => callersOwnFor((id, known) => !known.has(id))),
      also: [`${prefix}-303`],
    },
    {
      name: `${resource}-of-the-caller-for-an-unknown-well-formed-id`,
      summary: `An id that looks right and that no token has is answered with the ${resource} of the bearer token.`,
      steps: finding(fetch, () => callersOwnFor((id, known) => /^[0-9a-f]{24}$/.test(id) && !known.has(id))),
    },
    {
      name: `${resource}-by-the-first-half-of-an-id`,
      summary: `The token for ${resource} is looked up by the first half of the id in the path.`,
      steps: finding(fetch, () => (id, caller, context) => {
        const found = [...context.state.byId.keys()].find((known) => known.startsWith(id.slice(0, 12)));
        return conforming.findToken(found ?? id, caller, context);
      }),
    },
    {
      name: `${resource}-empty-in-place-of-a-refusal`,
      summary: `A token that is not the caller's is answered 200, without any ${resource}.`,
      wrap: editAnswer((seen) => (seen.operation === operation && seen.status === 403 ? { status: 200, document: nothing[resource] } : {})),
      also,
    },
  ];
});

const hostileIds = ofBoth((fetch) => {
  const { resource } = fetch;
  return [
    {
      name: `${resource}-by-an-injected-condition`,
      summary: `Quotes in an id end the text of a query for ${resource}, and a condition that is always true finds the caller's token.`,
      steps: finding(fetch, () => callersOwnFor((id) => /['"] *OR /i.test(id))),
    },
    {
      name: `${resource}-by-an-id-cut-at-nul`,
      summary: `An id ends at its first NUL character, and the ${resource} for an empty one are those of the bearer token.`,
      steps: finding(fetch, () => callersOwnFor((id) => id.split('\0')[0] === '')),
    },
    {
      name: `${resource}-by-what-precedes-nul`,
      summary: `The token for ${resource} is looked up by what precedes the first NUL character in an id.`,
      steps: finding(fetch, () => foundBy((id) => id.replace(/\0.*/s, ''))),
    },
    {
      name: `${resource}-by-a-resolved-path`,
      summary: `Dot segments in an id are resolved after its decoding, and the token for ${resource} is looked up by what is left.`,
      steps: finding(fetch, () => foundBy((id) => posix.normalize(id))),
    },
    {
      name: `${resource}-by-a-sanitised-id`,
      summary: `All but digits and ASCII letters is taken out of an id, and the ${resource} for an empty one are those of the bearer token.`,
      steps: finding(fetch, () => callersOwnFor((id) => id.replace(/[^0-9a-z]/gi, '') === '')),
    },
    {
      name: `${resource}-by-an-id-that-is-too-long`,
      summary: `An id longer than its column is left out of the query for ${resource}, which finds the caller's token.`,
      steps: finding(fetch, () => callersOwnFor((id) => id.length > 255)),
    },
    {
      name: `${resource}-lead-to-a-page-by-a-traversed-path`,
      summary: `An id that leads up the path of ${resource} gets the start page of the web site.`,
      wrap: (app) => (request) => {
        const { pathname } = new URL(request.url);
        const leadsUp = /\.\.%2f/i.test(pathname) && pathname.endsWith(`/${resource}`);
        if (!leadsUp || request.method !== 'GET') return app(request);
        return new Response('<!doctype html><title>Welcome</title>', { headers: { 'content-type': 'text/html' } });
      },
    },
  ];
});

const noSuchToken = { code: 'ResourceNotFound', title: 'Resource Not Found', detail: 'There is no such token.' } as const;

const oracles = ofBoth((fetch) => {
  const { resource } = fetch;
  return [
    {
      name: `${resource}-not-found-or-forbidden`,
      summary: `The ${resource} of an unknown id are answered 404, those of another organization 403.`,
      steps: finding(fetch, () => refusingUnknown(() => new Refusal(404, noSuchToken))),
    },
    {
      name: `${resource}-refused-by-another-code`,
      summary: `The ${resource} of an unknown id and those of another organization are refused with two codes.`,
      steps: finding(fetch, () => refusingUnknown(() => forbiddenWith({ code: 'ResourceNotFound' }))),
    },
    {
      name: `${resource}-refused-by-another-title`,
      summary: `The ${resource} of an unknown id and those of another organization are refused with two titles.`,
      steps: finding(fetch, () => refusingForeign(() => forbiddenWith({ title: 'Not Yours' }))),
    },
    {
      name: `${resource}-refused-by-another-detail`,
      summary: `The refusal of ${resource} says in its detail that the token is another organization's.`,
      steps: finding(fetch, () => refusingForeign(() => forbiddenWith({ detail: 'The token is of another organization.' }))),
    },
    {
      name: `${resource}-refused-with-one-more-error`,
      summary: `The refusal of ${resource} has another error object where the id is that of a token.`,
      steps: finding(fetch, () => refusingForeign(() => forbiddenWith({ meta: { exists: true } }))),
      wrap: editAnswer(({ document, status }) => {
        const [error] = (document as { errors?: readonly { meta?: object }[] }).errors ?? [];
        return status === 403 && error?.meta ? { document: { errors: [error, { title: 'Ask its owner' }] } } : {};
      }),
    },
  ];
});

/** TG-301 to TG-305, TO-301 to TO-305. */
export const isolation = {
  'TG-301': foreignIds.groups,
  'TO-301': foreignIds.organization,
  'TG-302': unknownIds.groups,
  'TO-302': unknownIds.organization,
  'TG-303': hostileIds.groups,
  'TO-303': hostileIds.organization,
  'TG-305': oracles.groups,
  'TO-305': oracles.organization,
} satisfies Partial<Faults>;
