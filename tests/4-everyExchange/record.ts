import type { RunRecord } from '../../kit/runner/door.ts';
import { isNoVerdict, type Exchange } from '../../kit/target/exchange.ts';
import { operationOf } from '../../kit/target/operation.ts';
import { expect, type Send } from '../../kit/runner/fixtures.ts';
import { lookalike } from '../../kit/judging/lookalike.ts';
import { Blocked, nameOf, NotAsked, Skipped } from '../../kit/judging/premises.ts';
import { bearer, clientCredentials, createToken, fetchSubResource, shaped } from '../../kit/judging/requests.ts';
import type { Client } from '../../kit/settings/settings.ts';
import { segmentOf, unknownId, workingShape } from '../given.ts';

/** What one exchange shows of a requirement; undefined where it has nothing to do with it. */
export type Fact = { readonly pass: boolean; readonly expected: string; readonly actual: string } | undefined;

/**
 * Judges one fact over the exchanges of the run. The first that fails is told, with how many there are of the kind; its
 * request is the one that is sent once more.
 *
 * @throws {Skipped} where no exchange has to do with it
 * @throws {Blocked} where the run ended early, and what was sent until then shows no violation
 */
export async function judgeAll(record: RunRecord, send: Send, again: boolean, fact: (exchange: Exchange) => Fact): Promise<void> {
  const judged = record.exchanges.flatMap((exchange) => {
    const shown = operationOf(exchange) && fact(exchange);
    return shown ? [{ exchange, shown }] : [];
  });
  const failing = judged.filter(({ shown }) => !shown.pass);
  const [first] = failing;
  if (first && again) {
    const exchange = await send(first.exchange.request, { fresh: true });
    const shown = fact(exchange);
    if (!exchange.answer || isNoVerdict(exchange.answer.status)) throw new Blocked('there is no second answer to judge');
    if (shown) expect(exchange).toHold(shown);
    return;
  }
  if (first) {
    const others = failing.length > 1 ? ` (one of ${failing.length} such answers)` : '';
    const { requirement, case: name } = first.exchange.sentBy;
    const where = `${nameOf(first.exchange)}, sent for ${requirement} "${name}"`;
    expect(first.exchange).toHold({ ...first.shown, actual: `${first.shown.actual}, at ${where}${others}` });
  }
  if (record.cause) throw new Blocked(record.cause.message);
  if (judged.length === 0) throw new Skipped('the target gave no such answer');
}

/**
 * Judges the record after more of it was provoked. Where that cannot be, what other checks have sent is judged all the
 * same, and only where that is nothing does the judging end with why.
 */
export async function judgeProvoked(provoke: () => Promise<void>, judge: () => Promise<void>): Promise<void> {
  const [provoked] = await Promise.allSettled([provoke()]);
  try {
    await judge();
  } catch (error) {
    const open = provoked.status === 'rejected' && !(provoked.reason instanceof NotAsked);
    throw error instanceof Skipped && open ? provoked.reason : error;
  }
}

/** Makes sure that there are refusals of createToken to judge, with requests that other checks send as well. */
export async function provokeRefusals(send: Send, client: Client): Promise<void> {
  const shape = await workingShape(send, client);
  const attributes = clientCredentials(client);
  const { grant_type: _, ...noGrantType } = attributes;
  await Promise.all([
    send(createToken({ shape, body: JSON.stringify(shaped(shape, attributes)), contentType: 'text/plain' })),
    send(createToken({ shape, attributes: clientCredentials({ ...client, secret: lookalike(client.secret) }) })),
    send(createToken({ shape, attributes: noGrantType })),
  ]);
}

/** The same for a fetch. */
export async function provokeFetchRefusals(send: Send, resource: 'groups' | 'organization', id: string, token: string): Promise<void> {
  const options = { authorization: bearer(token) };
  await Promise.all([
    send(fetchSubResource(resource, segmentOf(id), { authorization: null })),
    send(fetchSubResource(resource, segmentOf(unknownId(id)), options)),
  ]);
}
