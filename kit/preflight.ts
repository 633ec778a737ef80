import { isNoVerdict, mediaType, type Exchange } from './exchange.ts';
import type { Cause } from './outcome.ts';
import { bodyShapes, clientCredentials, createToken } from './requests.ts';
import type { Run } from './run.ts';

/** The requirement that each body shape's plain request belongs to. */
export const plainRequirement = { nested: 'CT-101', flat: 'CT-301' } as const;

/**
 * Asks for a token in both body shapes before anything is judged, and ends the run where the answers say that there is
 * nothing to judge: the API is not there, not up, or does not know the client. The checks share these exchanges.
 */
export async function preflight(run: Run): Promise<void> {
  const attributes = clientCredentials(run.settings.client);
  const ask = (fresh: boolean) =>
    Promise.all(
      bodyShapes.map((shape) =>
        run.exchange(createToken({ shape, attributes }), {
          sentBy: { requirement: plainRequirement[shape], case: shape },
          fresh,
        }),
      ),
    );
  let exchanges = await ask(false);
  // The run ends by itself when its patience is over.
  while (exchanges.every(({ answer }) => answer && isNoVerdict(answer.status)) && !run.cause) exchanges = await ask(true);
  const cause = causeOf(exchanges, run.settings.baseUrl);
  if (cause) run.end(cause);
  run.preflightPassed = !run.cause;
}

/** Why nothing can be judged, from the answers to the plain requests; undefined where something can. */
export function causeOf(exchanges: readonly Exchange[], baseUrl: string): Cause | undefined {
  const answers = exchanges.flatMap(({ answer }) => answer ?? []);
  const every = (test: (answer: (typeof answers)[number]) => boolean) =>
    answers.length === exchanges.length && answers.every(test);
  const where = `${baseUrl}/oauth/token`;

  if (answers.length === 0) {
    const why = [...new Set(exchanges.map(({ failure }) => failure?.message))].join('; ');
    return { kind: 'unreachable', message: `the target is down or out of reach: ${where} gave no answer: ${why}` };
  }
  if (every(({ status }) => isNoVerdict(status))) {
    const statuses = [...new Set(answers.map(({ status }) => status))].join(' and ');
    return { kind: 'unavailable', message: `the target is not available: ${where} answers ${statuses} each time it is asked` };
  }
  if (every(({ status }) => status === 401)) {
    return {
      kind: 'credentials refused',
      message: `${where} refuses the client with 401: check OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET`,
    };
  }
  if (every((answer) => mediaType(answer) === 'text/html' || (answer.status >= 300 && answer.status <= 399))) {
    return {
      kind: 'not the API',
      message: `${where} answers with a web page or a redirect (status ${answers[0]?.status}): check OAUTH_BASE_URL`,
    };
  }
  return undefined;
}
