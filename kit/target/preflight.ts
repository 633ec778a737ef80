import { bytes, isNoVerdict, mediaType, type Exchange } from './exchange.ts';
import type { Cause } from '../judging/outcome.ts';
import { isDeclaredJson, wellFormedJson } from '../judging/premises.ts';
import { bodyShapes, clientCredentials, createToken } from '../judging/requests.ts';
import type { Run } from './run.ts';

/** The requirement that each body shape's plain request belongs to. */
export const plainRequirement = { nested: 'CT-101', flat: 'CT-301' } as const;

/**
 * Asks for a token in both body shapes before anything is judged, and ends the run where the answers say that there is
 * nothing to judge: the API is not there, not up, or does not know the client. The checks share these exchanges.
 */
export async function preflight(run: Run): Promise<void> {
  let exchanges = await askPlainly(run, false);
  // In production, nothing is asked twice. Elsewhere, the run ends by itself when its patience is over.
  if (run.settings.profile !== 'nightly') {
    while (exchanges.every(({ answer }) => answer && isNoVerdict(answer.status)) && !run.cause) exchanges = await askPlainly(run, true);
  }
  const cause = causeOf(exchanges, run.settings.baseUrl);
  if (cause) run.end(cause);
  run.preflightPassed = !run.cause;
}

/** Sends the plain requests of both body shapes. */
export function askPlainly(run: Run, fresh: boolean): Promise<readonly Exchange[]> {
  const attributes = clientCredentials(run.settings.client);
  return Promise.all(
    bodyShapes.map((shape) =>
      run.exchange(createToken({ shape, attributes }), { sentBy: { requirement: plainRequirement[shape], case: shape }, fresh }),
    ),
  );
}

const leads = {
  unreachable: 'the target cannot be reached',
  unavailable: 'the target is not available',
  'credentials refused': 'the client is refused',
  'not the API': 'this is not the API',
} as const;

const hints = {
  unreachable: '',
  unavailable: '',
  'credentials refused': ': check OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET',
  'not the API': ': check OAUTH_BASE_URL',
} as const;

type Obstacle = { readonly kind: keyof typeof leads; readonly what: string };

/** Why nothing can be judged, from the answers to the plain requests; undefined where something can. */
export function causeOf(exchanges: readonly Exchange[], baseUrl: string): Cause | undefined {
  const obstacles = exchanges.flatMap((exchange) => obstacleOf(exchange) ?? []);
  const [first] = obstacles;
  if (!first || obstacles.length < exchanges.length) return undefined;
  const { kind } = first;
  const what = [...new Set(obstacles.map((obstacle) => obstacle.what))].join(' and ');
  return { kind, message: `${leads[kind]}: ${baseUrl}/oauth/token ${what}${hints[kind]}` };
}

/** What in place of the API's own answer came to a plain request. */
export function obstacleOf(exchange: Exchange): Obstacle | undefined {
  const { answer, failure } = exchange;
  if (failure?.kind === 'malformed' || failure?.kind === 'too large') {
    return { kind: 'not the API', what: `does not answer as an API does: ${failure.message}` };
  }
  if (!answer) return { kind: 'unreachable', what: `gave no answer: ${failure?.message}` };
  const { status } = answer;
  if (isNoVerdict(status)) return { kind: 'unavailable', what: `answers ${status} each time it is asked` };
  if (status === 401) return { kind: 'credentials refused', what: 'answers 401' };
  if (status >= 300 && status <= 399) {
    return { kind: 'not the API', what: `answers with a redirect (status ${status}), and none is followed` };
  }
  if (mediaType(answer) === 'text/html') return { kind: 'not the API', what: `answers with a web page (status ${status})` };
  if (status < 300 && !isOfTheApi(exchange)) {
    return { kind: 'not the API', what: `answers ${status} with neither a token nor a JSON document` };
  }
  return undefined;
}

/** Whether a success looks like one of this API, however broken: what is wrong with it is then for the checks to say. */
function isOfTheApi({ answer }: Exchange): boolean {
  if (!answer) return false;
  const document = isDeclaredJson(answer) ? wellFormedJson(answer)?.value : undefined;
  const isObject = typeof document === 'object' && document !== null && !Array.isArray(document);
  return isObject || bytes(answer).includes('access_token');
}
