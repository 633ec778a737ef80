import { conforming, type Behaviour } from '../../behaviour.ts';
import type { BodyShape } from '../../body-shape.ts';
import type { Context } from '../../context.ts';
import type { Faults } from '../../deviation.ts';
import { isObject, type JsonObject } from '../../edits.ts';
import { forbidden, invalidBody, Refusal } from '../../refusals.ts';
import { instead } from './changed.ts';
import {
  both,
  contentTypeOf,
  editAttributes,
  editGranted,
  editResource,
  flat,
  hasBearer,
  hasInclude,
  isFlat,
  isNested,
  isRefresh,
  refusal,
  refusing,
  type Where,
} from './granted.ts';

/** Steps that take more media types than the two: a body shape for each, or undefined for those that stay refused. */
function taking(shapeOf: (mediaType: string, context: Context) => BodyShape | undefined): () => Partial<Behaviour> {
  return () => ({ bodyShape: (context) => shapeOf(contentTypeOf(context.request), context) ?? conforming.bodyShape(context) });
}

/** The same, where the body shape is guessed from the document. */
function sniffing(where: (mediaType: string) => boolean): () => Partial<Behaviour> {
  return () => ({
    ...taking((mediaType) => (where(mediaType) ? 'flat' : undefined))(),
    readAttributes: (document, shape, context) =>
      conforming.readAttributes(document, where(contentTypeOf(context.request)) ? guessedShape(document) : shape, context),
  });
}

/** The same, where bodies of a media type have a syntax of their own; JSON is none of it. */
function parsing(prefix: string, parse: (text: string) => JsonObject, isForbidden: boolean): () => Partial<Behaviour> {
  return () => ({
    ...taking((mediaType) => (mediaType.startsWith(prefix) ? 'flat' : undefined))(),
    parseBody: (bytes, context) => {
      if (!contentTypeOf(context.request).startsWith(prefix)) return conforming.parseBody(bytes, context);
      const parsed = parse(new TextDecoder().decode(bytes));
      if (isForbidden && !('grant_type' in parsed)) throw forbidden('The body must be a form.');
      return parsed;
    },
  });
}

function parseForm(text: string): JsonObject {
  return Object.fromEntries(new URLSearchParams(text));
}

function parseMultipart(text: string): JsonObject {
  return Object.fromEntries([...text.matchAll(/name="(\w+)"\r\n\r\n(.*?)\r\n/gs)].map(([, name, value]) => [name, value]));
}

/** Steps that refuse a media type which is not permitted otherwise than by 403. */
function refusedAs(reason: Refusal, where: (mediaType: string) => boolean): () => Partial<Behaviour> {
  return () => ({
    bodyShape: (context) => {
      try {
        return conforming.bodyShape(context);
      } catch (error) {
        throw where(contentTypeOf(context.request)) ? reason : error;
      }
    },
  });
}

/** The step that lets every media type pass for now, and the refusal that it puts off. */
function putOff(): { readonly bodyShape: Behaviour['bodyShape']; readonly refusalOf: (context: Context) => Refusal | undefined } {
  const refused = new WeakMap<Request, Refusal>();
  return {
    bodyShape: (context) => {
      try {
        return conforming.bodyShape(context);
      } catch (error) {
        if (error instanceof Refusal) refused.set(context.request, error);
        return 'flat';
      }
    },
    refusalOf: ({ request }) => refused.get(request),
  };
}

/** Steps that do not look at the media type of some requests, where there is one, and guess the body shape from the document. */
function notLooking(where: (request: Request, document: unknown) => boolean): () => Partial<Behaviour> {
  return () => {
    const { bodyShape, refusalOf } = putOff();
    return {
      bodyShape,
      parseBody: (bytes, context) => instead(() => conforming.parseBody(bytes, context), (refused) => refusalOf(context) ?? refused),
      readAttributes: (document, shape, context) => {
        const { request } = context;
        const refused = refusalOf(context);
        if (refused && (isMissing(contentTypeOf(request)) || !where(request, document))) throw refused;
        return conforming.readAttributes(document, refused ? guessedShape(document) : shape, context);
      },
    };
  };
}

/** The body shape that a document has, whatever its media type. */
function guessedShape(document: unknown): BodyShape {
  return isObject(document) && 'data' in document ? 'nested' : 'flat';
}

const unsupportedMediaType = refusal(415, 'Unsupported Media Type');
const notAcceptable = refusal(406, 'Not Acceptable');
const isGiven = (mediaType: string): boolean => mediaType !== '';
const isMissing = (mediaType: string): boolean => mediaType === '';

/** Whether the type and subtype of the request are written in another case than the documented one. */
function hasCapitals(request: Request): boolean {
  return contentTypeOf(request) !== contentTypeOf(request).toLowerCase();
}

/** Whether a request for JSON has a parameter that this holds of. */
function jsonParameter(where: (parameter: string) => boolean): (request: Request) => boolean {
  return (request) => {
    const [, parameter] = (request.headers.get('content-type') ?? '').split(';');
    return isFlat({ request }) && parameter !== undefined && where(parameter);
  };
}

const accepting = (accept: string | null): Where => ({ request }) => request.headers.get('accept') === accept;

/** Steps that refuse what a createToken request accepts. */
function notAccepting(accept: string | null, where: (request: Request) => boolean = () => true): () => Partial<Behaviour> {
  return refusing(notAcceptable, (request) => request.headers.get('accept') === accept && where(request));
}

/** CT-201 to CT-207. */
export const contentType = {
  'CT-201': [
    {
      name: 'other-content-types-as-415',
      summary: 'Other content types are answered 415, by the framework.',
      steps: refusedAs(unsupportedMediaType, isGiven),
    },
    {
      name: 'every-wrong-content-type-as-415',
      summary: 'Other content types, and none, are answered 415.',
      steps: refusedAs(unsupportedMediaType, () => true),
      also: ['CT-202'],
    },
    {
      name: 'other-content-types-as-409',
      summary: 'Other content types are answered 409, as whatever is wrong with a request.',
      steps: refusedAs(invalidBody('', 'The body must be JSON.'), isGiven),
    },
    {
      name: 'xml-as-400',
      summary: 'XML is answered 400, by the parser that is registered for it.',
      steps: refusedAs(refusal(400, 'Bad Request'), (mediaType) => mediaType.endsWith('/xml')),
    },
    {
      name: 'form-accepted',
      summary: 'A form is accepted, as OAuth has it.',
      steps: parsing('application/x-www-form-urlencoded', parseForm, false),
    },
    {
      name: 'form-accepted-and-else-forbidden',
      summary: 'A form is accepted; whatever else comes as form is refused with 403.',
      steps: parsing('application/x-www-form-urlencoded', parseForm, true),
    },
    {
      name: 'multipart-accepted-and-else-forbidden',
      summary: 'A multipart form is accepted; whatever else comes as one is refused with 403.',
      steps: parsing('multipart/form-data', parseMultipart, true),
    },
    {
      name: 'json-sniffed-under-text-plain',
      summary: 'JSON that is sent as text/plain is read all the same.',
      steps: sniffing((mediaType) => mediaType === 'text/plain'),
    },
    {
      name: 'text-json-accepted',
      summary: 'text/json is taken for application/json.',
      steps: taking((mediaType) => (mediaType === 'text/json' ? 'flat' : undefined)),
    },
    {
      name: 'octet-stream-accepted-nested',
      summary: 'Bytes of no declared type are read as a nested document.',
      steps: taking((mediaType) => (mediaType === 'application/octet-stream' ? 'nested' : undefined)),
    },
    {
      name: 'every-json-suffix-accepted',
      summary: 'Every type with the suffix +json is read as a nested document.',
      steps: taking((mediaType) => (mediaType.endsWith('+json') ? 'nested' : undefined)),
    },
    {
      name: 'json-suffix-accepted-flat',
      summary: 'application/hal+json is taken for application/json.',
      steps: taking((mediaType) => (mediaType === 'application/hal+json' ? 'flat' : undefined)),
    },
    {
      name: 'json-by-prefix',
      summary: 'Whatever begins with application/json is taken for it.',
      steps: taking((mediaType) => (mediaType.startsWith('application/json') ? 'flat' : undefined)),
    },
    {
      name: 'json-api-by-prefix',
      summary: 'Whatever begins with application/vnd.api+json is taken for it.',
      steps: taking((mediaType) => (mediaType.startsWith('application/vnd.api+json') ? 'nested' : undefined)),
    },
    {
      name: 'json-api-with-any-suffix',
      summary: 'application/vnd.api is accepted without its suffix.',
      steps: taking((mediaType) => (/^application\/vnd\.api(\+json)?$/.test(mediaType) ? 'nested' : undefined)),
    },
    {
      name: 'json-somewhere-in-the-content-type',
      summary: 'A content type with json anywhere in it is read, by the shape of the document.',
      steps: sniffing((mediaType) => mediaType.includes('json') && !/^application\/(vnd\.api\+)?json$/.test(mediaType)),
    },
    {
      name: 'wildcard-content-type-accepted',
      summary: 'The content type is matched as if it were an Accept header, so that application/* is accepted.',
      steps: taking((mediaType) => (mediaType === 'application/*' ? 'nested' : undefined)),
    },
    {
      name: 'bare-json-accepted',
      summary: 'The word json is a content type by itself.',
      steps: taking((mediaType) => (mediaType === 'json' ? 'flat' : undefined)),
    },
    {
      name: 'content-type-judged-after-the-body',
      summary: 'A body that is no JSON is answered 409 before its content type is looked at.',
      steps: () => {
        const { bodyShape, refusalOf } = putOff();
        return {
          bodyShape,
          readAttributes: (document, shape, context) => {
            const refused = refusalOf(context);
            if (refused) throw refused;
            return conforming.readAttributes(document, shape, context);
          },
        };
      },
    },
    {
      name: 'content-type-not-looked-at-with-include',
      summary: 'The content type of a request with include is not looked at.',
      steps: notLooking(hasInclude),
    },
    {
      name: 'content-type-not-looked-at-with-bearer',
      summary: 'The content type of a request with a bearer token is not looked at.',
      steps: notLooking(hasBearer),
    },
    {
      name: 'content-type-not-looked-at-when-refreshing',
      summary: 'The content type of a refresh_token request is not looked at.',
      steps: notLooking((_, document) => isRefresh(document)),
    },
  ],
  'CT-202': [
    {
      name: 'missing-content-type-as-415',
      summary: 'A body without a Content-Type is answered 415.',
      steps: refusedAs(unsupportedMediaType, isMissing),
    },
    {
      name: 'missing-content-type-as-400',
      summary: 'A body without a Content-Type is answered 400.',
      steps: refusedAs(refusal(400, 'Bad Request'), isMissing),
    },
    {
      name: 'missing-content-type-taken-for-json',
      summary: 'A body without a Content-Type is read as flat JSON.',
      steps: taking((mediaType) => (isMissing(mediaType) ? 'flat' : undefined)),
    },
    {
      name: 'missing-content-type-taken-for-json-api',
      summary: 'A body without a Content-Type is read as a nested document.',
      steps: taking((mediaType) => (isMissing(mediaType) ? 'nested' : undefined)),
    },
    {
      name: 'missing-content-type-sniffed',
      summary: 'A body without a Content-Type is read by the shape of its document.',
      steps: sniffing(isMissing),
    },
  ],
  'CT-204': [
    {
      name: 'content-type-compared-with-case',
      summary: 'A content type in other than small letters is refused with 403.',
      steps: refusing(refusal(403, 'Forbidden'), hasCapitals),
    },
    {
      name: 'json-compared-with-case',
      summary: 'application/json in other than small letters is answered 415.',
      steps: refusing(unsupportedMediaType, (request) => isFlat({ request }) && hasCapitals(request)),
    },
    {
      name: 'json-api-in-capitals-read-flat',
      summary: 'application/vnd.api+json in other than small letters is taken for some other JSON, and read as flat.',
      steps: taking((_, context) => (isNested(context) && hasCapitals(context.request) ? 'flat' : undefined)),
    },
    {
      name: 'content-type-in-mixed-case-refused',
      summary: 'A content type is accepted in small letters and in capitals, but not in both.',
      steps: refusing(refusal(403, 'Forbidden'), (request) => hasCapitals(request) && /[a-z]/.test(contentTypeOf(request))),
    },
  ],
  'CT-205': [
    {
      name: 'json-with-charset-refused',
      summary: 'application/json with a charset is refused with 403, as the whole header is compared.',
      steps: refusing(refusal(403, 'Forbidden'), jsonParameter(() => true)),
    },
    {
      name: 'json-with-charset-as-415',
      summary: 'application/json with a charset is answered 415.',
      steps: refusing(unsupportedMediaType, jsonParameter(() => true)),
    },
    {
      name: 'json-charset-in-capitals-refused',
      summary: 'charset=UTF-8 is refused, and charset=utf-8 is not.',
      steps: refusing(refusal(403, 'Forbidden'), jsonParameter((parameter) => /[A-Z]/.test(parameter))),
    },
    {
      name: 'json-charset-without-a-space-refused',
      summary: 'A charset is refused where no space stands before it.',
      steps: refusing(refusal(403, 'Forbidden'), jsonParameter((parameter) => !parameter.startsWith(' '))),
    },
    {
      name: 'json-with-charset-answered-200',
      summary: 'A request as application/json with a charset is answered 200.',
      wrap: editGranted(({ request }) => jsonParameter(() => true)(request), () => ({ status: 200 })),
    },
  ],
  'CT-207': [
    {
      name: 'accept-json-not-acceptable',
      summary: 'createToken answers 406 to Accept: application/json.',
      steps: notAccepting('application/json'),
    },
    {
      name: 'accept-absent-not-acceptable',
      summary: 'createToken answers 406 where there is no Accept.',
      steps: notAccepting(null),
    },
    {
      name: 'accept-anything-not-acceptable',
      summary: 'createToken answers 406 to Accept: */*.',
      steps: notAccepting('*/*'),
    },
    {
      name: 'flat-accept-json-not-acceptable',
      summary: 'createToken answers 406 to an old client, which sends and accepts application/json.',
      steps: notAccepting('application/json', (request) => isFlat({ request })),
    },
    {
      name: 'accept-json-answered-as-json',
      summary: 'The answer is application/json where that is what is accepted.',
      wrap: editGranted(accepting('application/json'), () => ({ headers: { 'content-type': 'application/json' } })),
    },
    {
      name: 'accept-absent-answered-as-json',
      summary: 'The answer is application/json where there is no Accept.',
      wrap: editGranted(accepting(null), () => ({ headers: { 'content-type': 'application/json' } })),
    },
    {
      name: 'accept-json-answered-as-oauth-has-it',
      summary: 'Where application/json is accepted, the answer has the attributes at its top level.',
      wrap: editGranted(accepting('application/json'), ({ document }) => ({
        document: (document['data'] as { readonly attributes: unknown }).attributes,
      })),
    },
    {
      name: 'accept-anything-answered-200',
      summary: 'A token is answered 200 to Accept: */*.',
      wrap: editGranted(accepting('*/*'), () => ({ status: 200 })),
    },
    {
      name: 'accept-json-without-an-id',
      summary: 'Where application/json is accepted, the token resource has no id.',
      wrap: editResource(accepting('application/json'), ({ id: _, ...resource }) => resource),
    },
    {
      name: 'flat-accept-json-without-token-type',
      summary: 'Where a flat request accepts application/json, the token has no token_type.',
      wrap: editAttributes(both(flat, accepting('application/json')), ({ token_type: _, ...attributes }) => attributes),
    },
  ],
} satisfies Partial<Faults>;
