/** The environment variable that tells the processes of the runner where the gateway is. */
export const gatewayVariable = 'KIT_GATEWAY';

/**
 * Headers by which a check tells the gateway how to send its request. They never reach the target. Nothing of a request is
 * told by the gateway's URL, which the runner shows in the titles of its steps.
 */
export const control = {
  /** The secret of the run, so that only who was told it can use the gateway. */
  key: 'x-kit-key',
  /** Percent-encoded. */
  path: 'x-kit-path',
  /** Names of the headers to send, comma-separated; all others that the HTTP client adds by itself are left out. */
  headers: 'x-kit-headers',
  /** The method to send, where the HTTP client would treat the gateway's own answer differently for it (HEAD). */
  method: 'x-kit-method',
  requirement: 'x-kit-requirement',
  case: 'x-kit-case',
  fresh: 'x-kit-fresh',
  apart: 'x-kit-apart',
  plainHttp: 'x-kit-plain-http',
  /** `1`: the request has a body, though it may be empty. */
  body: 'x-kit-body',
} as const;
