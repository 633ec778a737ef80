import type { BodyShape } from '../contracts/documented.ts';
import type { RequirementId } from '../contracts/requirements/index.ts';
import type { Exchange, Request } from '../kit/target/exchange.ts';
import type { Send } from '../kit/judging/judge.ts';
import { clientsNamed, refusedLogins } from '../kit/judging/logins.ts';
import { lookalike } from '../kit/judging/lookalike.ts';
import { isLoopback } from '../kit/settings/loopback.ts';
import { Blocked, NotAsked, Skipped } from '../kit/judging/premises.ts';
import { nightlyLimits } from '../kit/settings/profiles.ts';
import { bearer, clientCredentials, createToken, refreshToken } from '../kit/judging/requests.ts';
import type { Run } from '../kit/target/run.ts';
import { settleRound } from '../kit/judging/settle.ts';
import {
  accessOf,
  bearerOf,
  bearerOfRefreshToken,
  fetched,
  fetchFor,
  fetchWith,
  granted,
  grantOf,
  isAged,
  madeUpClient,
  otherToken,
  providersExample,
  refreshed,
  segmentOf,
  tokenFor,
  unknownClient,
  unknownId,
  walkGroups,
  withSecret,
  workingShape,
  type Grant,
} from './given.ts';

/** How many pages of groups are read beyond the first ones: what the rest of the round leaves of its budget. */
const furtherPages = 6;

const fetches = [
  { prefix: 'TG', resource: 'groups' },
  { prefix: 'TO', resource: 'organization' },
] as const;

/**
 * Sends all that a run asks of a target in production, one request after another, and seals the run: the checks judge what
 * they find answered, and each exchange serves every requirement that it can. So nothing is asked a second time, whatever
 * the answers are. Requests are those of the checks that they are sent for, and none is hostile. Refused logins come last.
 */
export async function nightlyRound(run: Run): Promise<void> {
  if (run.preflightPassed) {
    for (const step of stepsOf(run)) {
      await step().catch((error: unknown) => {
        // What a step takes for granted does not hold: the checks will say so.
        if (!(error instanceof Blocked || error instanceof Skipped)) throw error;
      });
    }
  }
  settleRound(run);
  run.seal();
}

function* stepsOf(run: Run): Generator<() => Promise<unknown>> {
  const { settings } = run;
  const { client } = settings;
  const as = limited(run);
  const shape = () => workingShape(as('CT-101', 'nested'), client);
  const own = async () => live(await tokenFor(as('CT-101', 'nested'), client));
  const flat = async () => live(await granted(as('CT-301', 'flat'), client, 'flat'));
  const other = async () => live(await otherToken(as('TG-301', 'the first client asks'), settings));

  for (const { prefix, resource } of fetches) {
    yield async () => {
      const send = as(`${prefix}-101`, 'with a valid bearer token');
      return resource === 'groups' ? walkGroups(send, await own()) : fetched(send, resource, await own());
    };
    yield async () => as(`${prefix}-201`, 'without credentials')(fetchWith(resource, await own(), null));
    yield async () => {
      const token = await own();
      return as(`${prefix}-202`, 'an unknown token')(fetchWith(resource, token, bearer(lookalike(token.accessToken))));
    };
    yield async () => {
      const token = await own();
      return as(`${prefix}-204`, 'the refresh token')(fetchWith(resource, token, bearerOfRefreshToken(token)));
    };
    yield async () => {
      const token = await own();
      return as(`${prefix}-302`, 'an unknown id')(fetchFor(resource, segmentOf(unknownId(token.id)), token));
    };
    yield async () => {
      const [token, foreign] = [await own(), await other()];
      const send = as(`${prefix}-301`, 'the first client asks');
      await fetched(send, resource, foreign);
      return send(fetchFor(resource, segmentOf(foreign.id), token));
    };
  }
  yield async () => accessOf(as('CT-305', 'nested and flat'), await flat());

  yield async () => {
    const send = as('CT-111', 'nested');
    const exchange = await send(providersExample(client, 'nested', await granted(send, client, 'nested')));
    return fetched(send, 'organization', grantOf(exchange, 'CT-111'));
  };
  yield async () => {
    const each = await shape();
    return as('CT-201', `text/plain, ${each} body`)(createToken({ shape: each, attributes: clientCredentials(client), contentType: 'text/plain' }));
  };
  yield async () => {
    if (isLoopback(new URL(settings.baseUrl).hostname)) return undefined;
    return as('X-109', 'plain HTTP')(createToken({ shape: 'nested', attributes: clientCredentials(madeUpClient) }), { plainHttp: true });
  };
  yield async () => {
    const each = await shape();
    live(await granted(as('CT-101', each), client, each));
    return accessOf(as('CT-602', each), await refreshed(as(each === 'nested' ? 'CT-601' : 'CT-606', each), client, each));
  };

  yield async () => {
    const each = await shape();
    return as('CT-501', each)(withSecret(client, each, lookalike(client.secret)));
  };
  yield async () => {
    const each = await shape();
    return as('CT-502', each)(createToken({ shape: each, attributes: clientCredentials(unknownClient(client)) }));
  };
  // With the refresh token that was not used: it is refused for nothing but the client.
  yield async () => {
    const each: BodyShape = (await shape()) === 'nested' ? 'flat' : 'nested';
    const { refreshToken: unused } = await granted(as('CT-610', each), client, each);
    if (unused === (await own()).refreshToken) throw new NotAsked();
    return as('CT-610', each)(createToken({ shape: each, attributes: refreshToken(unknownClient(client), unused) }));
  };
  yield async () => {
    const each = await shape();
    const foreign = await other();
    return as('CT-604', each)(createToken({ shape: each, attributes: refreshToken(client, foreign.refreshToken) }));
  };
  yield async () => {
    const each = await shape();
    if (!settings.otherClient) {
      const { refreshToken: known } = await own();
      return as('CT-603', `${each}: made up`)(createToken({ shape: each, attributes: refreshToken(client, lookalike(known)) }));
    }
    const { client: asking, refreshToken: known } = await other();
    return as('CT-603', 'the second client: made up')(createToken({ shape: each, attributes: refreshToken(asking, lookalike(known)) }));
  };
  yield async () => {
    const each = await shape();
    const { client: asking, accessToken } = await other();
    return as('CT-605', 'the second client')(createToken({ shape: each, attributes: refreshToken(asking, accessToken) }));
  };
}

/** A token that can be sent and lives on for a while: the refusal of another says nothing. */
function live<T extends Grant>(token: T): T {
  bearerOf(token);
  if (isAged(token)) throw new NotAsked();
  return token;
}

/** Sends requests in the name of a case of a requirement, each once, and within `nightlyLimits`. */
function limited(run: Run): (requirement: RequirementId, name: string) => Send {
  const asked = new Map<string, Promise<Exchange>>();
  let pages = 0;

  const isTooMuch = (request: Request): boolean => {
    if (request.method === 'GET') return isFurtherPage(request) && ++pages > furtherPages;
    const refused = Math.max(...clientsNamed(request).map((id) => refusedLogins(run.exchanges, id)));
    // One that was not answered may have been granted all the same.
    const unanswered = run.exchanges.filter((exchange) => !exchange.answer && exchange.request.method === 'POST').length;
    return run.tokensCreated + unanswered >= nightlyLimits.tokensCreated || refused >= nightlyLimits.refusedLogins;
  };

  return (requirement, name) => async (request, how) => {
    const key = JSON.stringify(request);
    const known = asked.get(key);
    if (known) return known;
    if (isTooMuch(request)) throw new NotAsked();
    const exchange = run.exchange(request, { sentBy: { requirement, case: name }, plainHttp: how?.plainHttp === true });
    asked.set(key, exchange);
    return exchange;
  };
}

function isFurtherPage({ path }: Request): boolean {
  return !/^oauth\/token\/[^/?]+\/(groups|organization)$/.test(path);
}
