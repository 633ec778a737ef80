import leven from 'leven';
import type { Operation } from '../../contracts/requirements/index.ts';
import { readKey } from '../certificate/keys.ts';
import { SettingsError, type Environment } from './environment.ts';
import { isLoopback } from './loopback.ts';
import { operations } from '../target/operation.ts';
import { durations, nightlyLimits, profiles, type Profile } from './profiles.ts';
import { isSearched } from '../secrets/redaction.ts';
import { readProxy, type Proxy } from './proxy.ts';
import { readTrust, type Trust } from './trust.ts';
import { commandLine } from '../version.ts';

export { environment, SettingsError, type Environment } from './environment.ts';

/** Credentials of one client. */
export interface Client {
  readonly id: string;
  readonly secret: string;
}

/** What a run is told. Every field comes from one environment variable, named in `variables`. */
export interface Settings {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly client: Client;
  /** A client of another organization; absent where none was given. */
  readonly otherClient?: Client;
  readonly profile: Profile;
  readonly strict: boolean;
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** How many requests the whole run may send, repeated ones counted. */
  readonly maxRequests: number;
  /** How many requests the whole run may send in a second; absent where there is no limit. */
  readonly maxRps?: number;
  /** How long the whole run may take, from its first request, in seconds. */
  readonly maxDurationS: number;
  /** How much of an answer is read, in bytes after decompression. */
  readonly maxResponseBytes: number;
  readonly expiryWaitS: number;
  readonly trust: Trust;
  /** What an https target is reached through; undefined for none. */
  readonly proxy?: Proxy;
  readonly reportsDir: string;
  /** The file of violations that are accepted; undefined for none. */
  readonly waiversFile?: string;
  /** What each operation may take, as its 95th percentile in milliseconds. */
  readonly latencyBudgets: Readonly<Partial<Record<Operation, number>>>;
  /** The `conformance.json` of an earlier run to compare with; undefined for none. */
  readonly baselineFile?: string;
  /** Whether a target that is not conformant fails the run, or only what got worse since the baseline. */
  readonly alertOn: 'violation' | 'change';
  /** What a certificate is signed with; undefined for one that is not signed. */
  readonly signingKeyFile?: string;
  /** What decrypts that key; undefined for one that is not encrypted. */
  readonly signingKeyPassphrase?: string;
  /** What the programme gave to be signed in. */
  readonly challenge?: string;
  /** What earlier runs came to, which each run adds itself to: a file for Allure's trends; undefined for none. */
  readonly historyFile?: string;
}

/**
 * Reads and validates all settings.
 *
 * @throws {SettingsError} with every problem at once. No message repeats a value: it may be a misplaced secret.
 */
export function readSettings(env: Environment): Settings {
  const problems: string[] = [];
  const problem = (name: string, expected: string) => void problems.push(`${name} ${expected}`);

  const required = (name: string, what: string) => {
    const value = env[name];
    if (value === undefined) problem(name, `is not set: it takes ${what}`);
    return value ?? '';
  };
  const integer = (name: string, fallback: number, min: number, max: number, unit: string) => {
    const value = env[name];
    if (value === undefined) return fallback;
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    problem(name, `is not valid: it takes a whole number of ${unit} from ${min} to ${max}`);
    return fallback;
  };
  const flag = (name: string) => {
    const value = env[name] ?? '0';
    if (value !== '0' && value !== '1') problem(name, 'is not valid: it takes 0 or 1');
    return value === '1';
  };

  /** @param values the first is the default */
  const oneOf = <T extends string>(name: string, values: readonly [T, ...T[]]): T => {
    const value = env[name] ?? values[0];
    const known = values.find((each) => each === value);
    if (known === undefined) problem(name, `is not valid: it takes ${new Intl.ListFormat('en', { type: 'disjunction' }).format(values)}`);
    return known ?? values[0];
  };

  for (const name of Object.keys(env)) {
    const meant = misspelt(name);
    if (meant) problem(name, `is not a setting of this kit: ${meant} was probably meant`);
  }
  const baseUrl = readBaseUrl(env.OAUTH_BASE_URL, problem);
  if (!flag('OAUTH_ALLOW_HTTP') && baseUrl.startsWith('http:') && !isLoopback(new URL(baseUrl).hostname)) {
    problem('OAUTH_BASE_URL', 'is plain HTTP, which shows credentials to the network: it takes an https URL; OAUTH_ALLOW_HTTP=1 permits it');
  }
  const profile = oneOf('OAUTH_PROFILE', profiles);
  const nightly = profile === 'nightly';
  if (nightly && baseUrl !== '') checkAllowed(env.OAUTH_ALLOW_PRODUCTION, new URL(baseUrl), problem);
  else if (env.OAUTH_ALLOW_PRODUCTION !== undefined && baseUrl !== '' && namesHost(env.OAUTH_ALLOW_PRODUCTION, new URL(baseUrl))) {
    problem('OAUTH_ALLOW_PRODUCTION', `says that the target is in production, where OAUTH_PROFILE=${profile} would send hostile requests: it takes no value, or OAUTH_PROFILE=nightly`);
  }
  const mostRequests = nightly ? nightlyLimits.requests : 1_000_000;
  const maxRps = !nightly && env.OAUTH_MAX_RPS === undefined ? undefined
    : integer('OAUTH_MAX_RPS', nightlyLimits.perSecond, 1, nightly ? nightlyLimits.perSecond : 10_000, `requests in a second${limitedBy(profile)}`);
  const expiryWaitS = nightly ? 0 : integer('OAUTH_EXPIRY_WAIT_S', 0, 0, 86_400, 'seconds');
  // Both fetches wait for a token of their own to expire.
  const maxDurationS = integer('OAUTH_MAX_DURATION_S', durations[profile] + 2 * expiryWaitS, 1, 604_800, 'seconds');
  if (expiryWaitS > maxDurationS) {
    problem('OAUTH_EXPIRY_WAIT_S', 'is longer than OAUTH_MAX_DURATION_S, which ends the run before the wait is over: it takes a shorter wait, or OAUTH_MAX_DURATION_S a longer duration or no value');
  }
  const client = {
    id: required('OAUTH_CLIENT_ID', 'the id of the client to judge with'),
    secret: required('OAUTH_CLIENT_SECRET', 'the secret of that client'),
  };
  const otherClient = readOtherClient(env, client, problem);
  const proxy = readProxy(env, baseUrl, problem);
  const settings: Settings = {
    baseUrl,
    client,
    ...(otherClient && { otherClient }),
    profile,
    strict: flag('OAUTH_STRICT'),
    timeoutMs: integer('OAUTH_TIMEOUT_MS', 10_000, 1, 600_000, 'milliseconds'),
    concurrency: integer('OAUTH_CONCURRENCY', 8, 1, 256, 'requests'),
    maxRequests: integer('OAUTH_MAX_REQUESTS', nightly ? mostRequests : 1500, 1, mostRequests, `requests${limitedBy(profile)}`),
    ...(maxRps !== undefined && { maxRps }),
    maxDurationS,
    maxResponseBytes: integer('OAUTH_MAX_RESPONSE_BYTES', 4 * 1024 * 1024, 1024, 256 * 1024 * 1024, 'bytes'),
    expiryWaitS,
    trust: readTrust(env, problem),
    ...(proxy && { proxy }),
    reportsDir: env.OAUTH_REPORTS_DIR ?? 'reports',
    ...(env.OAUTH_WAIVERS_FILE !== undefined && { waiversFile: env.OAUTH_WAIVERS_FILE }),
    ...(env.OAUTH_SIGNING_KEY_FILE !== undefined && { signingKeyFile: env.OAUTH_SIGNING_KEY_FILE }),
    ...(env.OAUTH_SIGNING_KEY_PASSPHRASE !== undefined && { signingKeyPassphrase: env.OAUTH_SIGNING_KEY_PASSPHRASE }),
    ...(env.OAUTH_CERTIFICATE_CHALLENGE !== undefined && { challenge: env.OAUTH_CERTIFICATE_CHALLENGE }),
    latencyBudgets: readBudgets(env.OAUTH_BUDGET_P95_MS, problem),
    ...(env.OAUTH_BASELINE !== undefined && { baselineFile: env.OAUTH_BASELINE }),
    alertOn: oneOf('OAUTH_ALERT_ON', ['violation', 'change']),
    ...(env.OAUTH_HISTORY_FILE !== undefined && { historyFile: env.OAUTH_HISTORY_FILE }),
  };
  if (profile === 'certification') checkCertifiable(settings, env, problem);
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

/** Takes a problem with a variable: its name, and what is wrong with it and what it takes. */
export type Problem = (name: string, expected: string) => void;

const names = [
  'OAUTH_BASE_URL',
  'OAUTH_CLIENT_ID',
  'OAUTH_CLIENT_SECRET',
  'OAUTH_OTHER_CLIENT_ID',
  'OAUTH_OTHER_CLIENT_SECRET',
  'OAUTH_PROFILE',
  'OAUTH_ALLOW_PRODUCTION',
  'OAUTH_ALLOW_HTTP',
  'OAUTH_CA_FILE',
  'OAUTH_CLIENT_CERT_FILE',
  'OAUTH_CLIENT_KEY_FILE',
  'OAUTH_STRICT',
  'OAUTH_TIMEOUT_MS',
  'OAUTH_CONCURRENCY',
  'OAUTH_MAX_REQUESTS',
  'OAUTH_MAX_RPS',
  'OAUTH_MAX_DURATION_S',
  'OAUTH_MAX_RESPONSE_BYTES',
  'OAUTH_EXPIRY_WAIT_S',
  'OAUTH_REPORTS_DIR',
  'OAUTH_HISTORY_FILE',
  'OAUTH_WAIVERS_FILE',
  'OAUTH_BUDGET_P95_MS',
  'OAUTH_BASELINE',
  'OAUTH_ALERT_ON',
  'OAUTH_SIGNING_KEY_FILE',
  'OAUTH_SIGNING_KEY_PASSPHRASE',
  'OAUTH_CERTIFICATE_CHALLENGE',
] as const;

/**
 * The setting that a variable was probably meant to be, by at most two letters that are missing, added or another (an
 * exchange of two counts as two), or by words that are missing at its end; undefined for a setting, and for what is nothing
 * like one.
 */
function misspelt(name: string): string | undefined {
  if (!/^OAUTH_/i.test(name) || names.some((known) => known === name)) return undefined;
  const given = name.toUpperCase();
  // A name of two words, such as OAUTH_CLIENT, may well be somebody else's.
  const isCutOff = (known: string) => given.split('_').length > 2 && known.startsWith(`${given}_`);
  return names.find((known) => leven(known, given) <= 2 || isCutOff(known));
}

function limitedBy(profile: Profile): string {
  return profile === 'nightly' ? `, with OAUTH_PROFILE=${profile},` : '';
}

/** What a certificate cannot do without, nor with. */
function checkCertifiable({ client, otherClient, signingKeyFile, signingKeyPassphrase, challenge }: Settings, env: Environment, problem: Problem): void {
  const needs = 'which OAUTH_PROFILE=certification needs';
  if (!otherClient) problem('OAUTH_OTHER_CLIENT_ID', `and OAUTH_OTHER_CLIENT_SECRET are not set, ${needs}: they take a client of another organization`);
  for (const [name, secret] of [['OAUTH_CLIENT_SECRET', client.secret], ['OAUTH_OTHER_CLIENT_SECRET', otherClient?.secret], ['OAUTH_SIGNING_KEY_PASSPHRASE', signingKeyPassphrase]] as const) {
    if (secret && !isSearched(secret)) problem(name, 'is short or a common word, so that nobody could tell it from prose in a certificate: it takes 8 characters or more');
  }
  if (env.OAUTH_WAIVERS_FILE !== undefined) problem('OAUTH_WAIVERS_FILE', 'is set, and a certificate waives nothing: it takes no value with OAUTH_PROFILE=certification');
  if (challenge !== undefined && !/^[\x21-\x7e]{1,200}$/.test(challenge)) problem('OAUTH_CERTIFICATE_CHALLENGE', 'is not valid: it takes up to 200 letters, digits and signs, without spaces');
  if (signingKeyFile !== undefined) readKey('private', signingKeyFile, 'OAUTH_SIGNING_KEY_FILE', problem, signingKeyPassphrase);
}

/** What is in production is asked only where somebody has said by its name that it may be. */
function checkAllowed(allowed: string | undefined, baseUrl: URL, problem: Problem): void {
  const name = 'OAUTH_ALLOW_PRODUCTION';
  const takes = `it takes the host of OAUTH_BASE_URL, with its port where there is one (${baseUrl.host}), to say that it may be asked`;
  if (allowed === undefined) return problem(name, `is not set, which OAUTH_PROFILE=nightly needs: ${takes}`);
  if (!namesHost(allowed, baseUrl)) problem(name, `names another host: ${takes}`);
}

function namesHost(host: string, { protocol, host: expected }: URL): boolean {
  const given = `${protocol}//${host}`;
  return /^[^/?#@]+$/.test(host) && URL.canParse(given) && new URL(given).host === expected;
}

/** `createToken=800,fetchTokenGroups=400`. */
function readBudgets(value: string | undefined, problem: Problem): Settings['latencyBudgets'] {
  const budgets: Partial<Record<Operation, number>> = {};
  for (const part of value?.split(',') ?? []) {
    const [, name, digits] = /^\s*(\w+)\s*=\s*(\d{1,6})\s*$/.exec(part) ?? [];
    const operation = operations.find((each) => each === name);
    const isNew = operation !== undefined && budgets[operation] === undefined;
    if (isNew && Number(digits) > 0) budgets[operation] = Number(digits);
    else {
      problem('OAUTH_BUDGET_P95_MS', `is not valid: it takes milliseconds for operations, such as createToken=800,fetchTokenGroups=400 (they are ${operations.join(', ')})`);
      break;
    }
  }
  return budgets;
}

function readBaseUrl(value: string | undefined, problem: Problem): string {
  const name = 'OAUTH_BASE_URL';
  if (value === undefined) {
    problem(name, `is not set: it takes the URL that /oauth/token is appended to; \`${commandLine('demo')}\` needs none`);
    return '';
  }
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    problem(name, 'is not valid: it takes an absolute http or https URL such as https://api.example.com/pub');
    return '';
  }
  if (url.username || url.password) {
    problem(name, 'holds user info: it takes a URL without it; credentials go into OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET');
  }
  // `URL` drops a bare "?" or "#", so the text is looked at, not the parsed parts.
  if (value.includes('?')) problem(name, 'holds a query: it takes a URL without one');
  if (value.includes('#')) problem(name, 'holds a fragment: it takes a URL without one');
  return url.origin + url.pathname.replace(/\/+$/, '');
}

function readOtherClient(env: Environment, client: Client, problem: Problem): Client | undefined {
  const id = env.OAUTH_OTHER_CLIENT_ID;
  const secret = env.OAUTH_OTHER_CLIENT_SECRET;
  if (id === undefined && secret === undefined) return undefined;
  if (id === undefined) problem('OAUTH_OTHER_CLIENT_ID', 'is not set, though OAUTH_OTHER_CLIENT_SECRET is: it takes both or neither');
  if (secret === undefined) problem('OAUTH_OTHER_CLIENT_SECRET', 'is not set, though OAUTH_OTHER_CLIENT_ID is: it takes both or neither');
  if (id === client.id) {
    problem('OAUTH_OTHER_CLIENT_ID', 'is the same as OAUTH_CLIENT_ID: it takes a client of another organization');
  }
  return { id: id ?? '', secret: secret ?? '' };
}
