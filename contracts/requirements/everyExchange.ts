import { allowances, jsonApiMediaType } from '../documented.ts';
import { either, jsonApi, kit, provider, rfc } from './phrases.ts';
import { register } from './types.ts';

// Annotated, for the ids that it lists are derived from this very table.
const allowed: string = allowances.map(({ statuses, at }) => `${either(statuses)} at ${at.join(', ')}`).join('; ');

/** The requirements that are judged over every exchange of a run, whatever its operation. */
export const everyExchange = register('all', {
  'every exchange': [
    {
      id: 'X-101',
      level: 'MUST',
      title: 'Nothing is answered with a server error',
      statement:
        'No request is answered with a 5xx status; 502, 503, 504, 511 and 520 to 529, which speak of a gateway or of ' +
        'load, are no violation but are repeated.',
      source: provider,
      cause: "An exception that nothing catches; the exchange names the request, the target's log the place.",
    },
    {
      id: 'X-102',
      level: 'SHOULD',
      title: 'Every status is documented for its operation',
      statement:
        'Every answer has a status that is documented for its operation, or one that the requirement whose test sent ' +
        `the request asks for or allows (${allowed}).`,
      source: provider,
      cause: 'The default of a framework (400, 404, 406, 415, 422) where the provider documents another status.',
    },
    {
      id: 'X-103',
      level: 'MUST',
      title: 'Every body declared as JSON is well-formed JSON in UTF-8',
      statement:
        'Every body whose media type is a JSON one is well-formed JSON, encoded in UTF-8; an answer to HEAD has none.',
      source: rfc(8259, '8.1'),
      cause: 'JSON put together by hand, text appended to the body, a cut-off answer, or another encoding.',
    },
    {
      id: 'X-105',
      level: 'MUST',
      title: 'No answer repeats a client secret or bearer token of its request',
      statement:
        'No answer, header or body, contains the client secret or the bearer token that its request carried; values ' +
        'of fewer than 8 characters are not searched for.',
      source: kit,
      cause: 'Error details, debug headers or meta echo the request or parts of it.',
    },
    {
      id: 'X-107',
      level: 'SHOULD',
      title: 'meta.req_id differs from answer to answer',
      statement:
        'Where answers have meta.req_id, no two of them have the same, so that one request can be traced by it.',
      source: kit,
      cause: 'A constant, an id made per process or connection, or answers that come from a cache.',
    },
    {
      id: 'X-108',
      level: 'MUST',
      title: 'Tokens created concurrently each work, each for its own organization',
      statement:
        'Each of several tokens created at the same time is accepted by the fetch operations and gives access to the ' +
        'organization of its own client, also where two clients of different organizations ask at once; a client may ' +
        'be given the same token again.',
      source: provider,
      cause:
        'State shared between requests (a global, a cache keyed without the client), or a race in the token store.',
    },
    {
      id: 'X-109',
      level: 'SHOULD',
      title: 'The target is reached by HTTPS only',
      statement:
        "Unless it runs on loopback, the target is addressed by HTTPS, and plain HTTP at the same host and path, " +
        "tried with made-up credentials, does not give the contract's own answers.",
      source: `${provider} (schemes: https)`,
      cause: 'The load balancer forwards port 80 to the service instead of redirecting or closing it.',
    },
    {
      id: 'X-110',
      level: 'INFO',
      title: 'The latency of each operation is measured',
      statement:
        'The median, the 95th percentile and the maximum of the time to answer are reported for each operation.',
      source: kit,
      cause: 'No limit is promised; compare with earlier runs from the same place.',
    },
    {
      id: 'X-111',
      level: 'SHOULD',
      title: 'No single request gets 502 or 504 each time it is sent',
      statement:
        'No request gets 502 or 504 every time that it is sent and repeated while other requests, before and after ' +
        'it, are answered.',
      source: kit,
      cause: 'The request crashes or hangs a server behind the gateway, which then answers in its place.',
    },
    {
      id: 'X-112',
      level: 'SHOULD',
      title: `No answer's ${jsonApiMediaType} carries parameters`,
      statement: `Every answer of the media type ${jsonApiMediaType} carries it without parameters, charset included.`,
      source: jsonApi('"Content Negotiation"'),
      cause: 'The framework appends charset=utf-8 to every text-like Content-Type.',
    },
  ],
});
