import { getProxyForUrl } from 'proxy-from-env';
import type { Environment, Problem } from './settings.ts';

/** A proxy, its credentials apart from its URL: what prints the URL cannot print them. */
export interface Proxy {
  /** Without user info. */
  readonly url: string;
  /** The value of a Proxy-Authorization header, and the password in it; absent if the variable holds none. */
  readonly authorization?: string;
  readonly password?: string;
}

const name = 'HTTPS_PROXY';

/** The proxy that an https target is reached through; undefined for none. No problem repeats the value: it may hold a password. */
export function readProxy(env: Environment, baseUrl: string, problem: Problem): Proxy | undefined {
  const value = baseUrl.startsWith('https:') ? proxyFor(baseUrl, env) : '';
  if (value === '') return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    problem(name, 'is not valid: expected an http or https URL such as http://proxy.example.com:3128');
    return undefined;
  }
  const [user, password] = [decoded(url.username), decoded(url.password)];
  if (user === undefined || password === undefined) {
    problem(name, 'holds credentials that are not valid: expected user and password with special characters percent-encoded');
    return undefined;
  }
  const proxy = { url: `${url.protocol}//${url.host}` };
  if (user === '' && password === '') return proxy;
  return { ...proxy, authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`, ...(password !== '' && { password }) };
}

/** The library reads the environment of the process, so that it gets the one of the settings in its place for as long as it looks. */
function proxyFor(url: string, env: Environment): string {
  const own = process.env;
  process.env = { ...env };
  try {
    return getProxyForUrl(url);
  } finally {
    process.env = own;
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
