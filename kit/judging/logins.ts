import { requestMediaTypes } from '../../contracts/documented.ts';
import { mediaType, type Exchange, type Request } from '../target/exchange.ts';
import { member, objectsIn, text, wellFormedJson } from './premises.ts';

/** Every object in the body of a request. */
export function objectsSent({ body = '' }: Request): readonly object[] {
  return [...objectsIn(wellFormedJson({ status: 0, headers: [], body })?.value)];
}

/** The clients that a createToken request names, whatever the shape of its body. */
export function clientsNamed(request: Request): readonly string[] {
  return objectsSent(request).flatMap((object) => text(member(object, 'client_id')) || []);
}

/**
 * How often a client was refused, as a target counts it that locks clients out: createToken requests that name it and got a
 * 4xx. One of another content type than the two was refused before anybody looked at the client.
 */
export function refusedLogins(exchanges: readonly Exchange[], clientId: string): number {
  const permitted: readonly (string | undefined)[] = Object.values(requestMediaTypes);
  return exchanges.filter(
    ({ request, answer }) =>
      answer && answer.status >= 400 && answer.status <= 499 && permitted.includes(mediaType(request)) && clientsNamed(request).includes(clientId),
  ).length;
}
