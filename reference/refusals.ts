/** The error codes that the provider documents. */
export type ErrorCode =
  | 'Forbidden'
  | 'InvalidParameter'
  | 'InvalidBodyParameter'
  | 'ResourceNotFound'
  | 'Unauthorized'
  | 'InvalidCredentials'
  | 'InvalidGrantType';

/** An error object (JSON:API 1.0, error objects). No detail ever repeats a value of the request. */
export interface ErrorObject {
  /** The HTTP status, as a string. */
  readonly status: string;
  /** Absent where no documented code fits. */
  readonly code?: ErrorCode;
  readonly title: string;
  readonly detail: string;
  readonly source?: { readonly parameter: string } | { readonly pointer: string };
}

/** Thrown by a step to end the request: the answer's status, its one error object, and the headers it needs. */
export class Refusal extends Error {
  readonly status: number;
  readonly error: ErrorObject;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: Omit<ErrorObject, 'status'>, headers: Readonly<Record<string, string>> = {}) {
    super(error.detail);
    this.name = 'Refusal';
    this.status = status;
    this.error = { status: String(status), ...error };
    this.headers = headers;
  }
}

/** 400: the request line or its headers cannot be understood. */
export function badRequest(): Refusal {
  return new Refusal(400, { title: 'Bad Request', detail: 'The request target or the host is malformed.' });
}

/** 400: a query parameter has a value that is not supported (JSON:API 1.0, inclusion of related resources). */
export function invalidParameter(parameter: string, detail: string): Refusal {
  return new Refusal(400, { code: 'InvalidParameter', title: 'Invalid Parameter', detail, source: { parameter } });
}

/** 401: the credentials of the client are wrong; every 401 names a scheme (RFC 9110 15.5.2). */
export function invalidCredentials(): Refusal {
  return new Refusal(
    401,
    {
      code: 'InvalidCredentials',
      title: 'Invalid Credentials',
      detail: '"client_id" and "client_secret" must be the credentials of a client.',
    },
    { 'www-authenticate': 'Basic realm="oauth"' },
  );
}

/** 401: no valid access token came with the request; `error` is that of RFC 6750 3.1, left out without a token. */
export function unauthorized(error?: 'invalid_token'): Refusal {
  return new Refusal(
    401,
    { code: 'Unauthorized', title: 'Unauthorized', detail: '"Authorization" must hold a valid bearer token.' },
    { 'www-authenticate': `Bearer realm="oauth"${error ? `, error="${error}"` : ''}` },
  );
}

/** 403: understood, and refused whoever asks. */
export function forbidden(detail: string): Refusal {
  return new Refusal(403, { code: 'Forbidden', title: 'Forbidden', detail });
}

/** 404: the path belongs to no operation. */
export function notFound(): Refusal {
  return new Refusal(404, {
    code: 'ResourceNotFound',
    title: 'Resource Not Found',
    detail: 'The path must be that of an operation.',
  });
}

/** 405: the path belongs to an operation with another method; `Allow` lists those (RFC 9110 15.5.6). */
export function methodNotAllowed(allow: string): Refusal {
  return new Refusal(405, { title: 'Method Not Allowed', detail: `The method must be one of ${allow}.` }, { allow });
}

/** 409, the documented "Invalid Request": the body breaks a rule at `pointer` (RFC 6901). */
export function invalidBody(pointer: string, detail: string): Refusal {
  const title = 'Invalid Body Parameter';
  return new Refusal(409, { code: 'InvalidBodyParameter', title, detail, source: { pointer } });
}

/** 409: a grant other than the two documented ones. */
export function invalidGrantType(pointer: string): Refusal {
  return new Refusal(409, {
    code: 'InvalidGrantType',
    title: 'Invalid Grant Type',
    detail: '"grant_type" must be "client_credentials" or "refresh_token".',
    source: { pointer },
  });
}

/** 500: a defect of this server, about which the answer says nothing. */
export function internalError(): Refusal {
  return new Refusal(500, { title: 'Internal Server Error', detail: 'The request could not be answered.' });
}
