import type { Request } from '../../kit/target/exchange.ts';
import type { Send } from '../../kit/runner/fixtures.ts';
import { answered, Blocked, ifAsked, tokenOf } from '../../kit/judging/premises.ts';
import { clientCredentials, createToken } from '../../kit/judging/requests.ts';
import type { Client } from '../../kit/settings/settings.ts';
import { workingShape } from '../given.ts';

/**
 * Sends all requests of a check that may count as refused logins, then a valid one. Where that is refused, the target
 * has locked the client out, and no refusal says anything about the request that got it.
 *
 * @throws {Blocked} from the returned function, in every case of the check
 */
export function lockoutGuard(client: Client, requests: (send: Send) => readonly Request[] | Promise<readonly Request[]>): (send: Send) => Promise<void> {
  let guarded: Promise<void> | undefined;
  const guard = async (send: Send) => {
    const shape = await workingShape(send, client);
    await Promise.all((await requests(send)).map((request) => ifAsked(() => send(request))));
    const valid = await send(createToken({ shape, attributes: clientCredentials(client) }), { fresh: true });
    const { status } = answered(valid);
    if (!tokenOf(valid)) {
      throw new Blocked(`the target has locked the client out after refused logins: a valid one now gets ${status}`);
    }
  };
  // Where nothing may be asked a second time, no refused login comes before those that are judged.
  return (send) => (guarded ??= ifAsked(() => guard(send)));
}
