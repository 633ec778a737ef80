import { jsonApiMediaType } from '../../contracts/documented.ts';
import type { SchemaName } from '../../contracts/schemas/index.ts';
import { bytes, header, isNoVerdict, mediaType, type Exchange } from '../../kit/target/exchange.ts';
import { internalsIn } from '../../kit/judging/internals.ts';
import { elements, isDeclaredJson, member, wellFormedJson } from '../../kit/judging/premises.ts';
import { violationsOf } from '../../kit/judging/schema.ts';
import { shownMediaType } from '../../kit/secrets/shown.ts';
import type { Fact } from './record.ts';

/** Facts that one refusal shows, in the order of blame: media type, schema, then what the document says. */

/** Whether the answer is a 4xx that is a verdict, to a request whose answer may have a body. */
export function isRefusal({ request, answer }: Exchange): boolean {
  return answer !== undefined && answer.status >= 400 && answer.status <= 499 && !isNoVerdict(answer.status) && request.method !== 'HEAD';
}

/** The answer's media type is that of JSON:API. */
export function hasJsonApiMediaType({ answer }: Exchange): Fact {
  if (!answer) return undefined;
  const type = mediaType(answer);
  return {
    pass: type === jsonApiMediaType,
    expected: `media type ${jsonApiMediaType}`,
    actual: `status ${answer.status} with ${type === undefined ? 'no media type' : `media type ${shownMediaType(answer)}`}`,
  };
}

/** The answer's body satisfies the error document. A body that is no JSON is X-103's, or the media type's. */
export function isErrorDocument({ answer }: Exchange, schema: SchemaName): Fact {
  const json = answer && wellFormedJson(answer);
  if (!json) return undefined;
  const [violation, ...more] = violationsOf(schema, json.value);
  return {
    pass: violation === undefined,
    expected: `a document that satisfies ${schema}`,
    actual: violation
      ? `status ${answer.status} with a document in which, at "${violation.pointer}", the value ${violation.value} ${violation.rule}${more.length > 0 ? `; and ${more.length} more` : ''}`
      : '',
  };
}

/** The statuses in the error objects agree with that of the answer. */
export function statusesAgree({ answer }: Exchange): Fact {
  const errors = elements(member(answer && wellFormedJson(answer)?.value, 'errors'));
  const given = errors.map((error) => member(error, 'status')).filter((status) => typeof status === 'string');
  if (!answer || given.length === 0) return undefined;
  const status = String(answer.status);
  const pass = errors.length === 1 ? given[0] === status : given.every((each) => each.length === 3 && each[0] === status[0]);
  return {
    pass,
    expected: errors.length === 1 ? `an error object of status ${status}` : `error objects of the class ${status[0]}xx`,
    actual: `${given.join(', ')} in the document of a ${status}`,
  };
}

/** The answer shows nothing of the inside of the server. */
export function hidesInternals({ answer }: Exchange): Fact {
  if (!answer) return undefined;
  const inBody = internalsIn(bytes(answer).toString());
  // A header may well hold the path of a script, such as one to be preloaded.
  const inHeader = answer.headers.map(([, value]) => internalsIn(value)).find((sign) => sign !== undefined && sign !== 'a source path');
  return {
    pass: inBody === undefined && inHeader === undefined,
    expected: 'nothing of the inside of the server',
    actual: inBody === undefined ? `${inHeader} in a header of a ${answer.status}` : `${inBody} in the body of a ${answer.status}`,
  };
}

/** A 401 says how to authenticate, by one challenge at least: an empty header holds none (RFC 9110 11.6.1). */
export function challenges({ answer }: Exchange): Fact {
  if (answer?.status !== 401) return undefined;
  const challenge = header(answer, 'www-authenticate');
  return {
    pass: /\w/.test(challenge ?? ''),
    expected: 'the header WWW-Authenticate with a challenge',
    actual: `a 401 ${challenge === undefined ? 'without it' : 'in which it is empty'}`,
  };
}

/** A 4xx of a status that is not documented is an error document all the same. */
export function isAnyErrorDocument(exchange: Exchange): Fact {
  const type = hasJsonApiMediaType(exchange);
  if (type && !type.pass) return type;
  const { answer } = exchange;
  if (answer && isDeclaredJson(answer) && !wellFormedJson(answer)) return undefined;
  return isErrorDocument(exchange, 'AnyErrorDocument');
}
