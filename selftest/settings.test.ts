import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { newKeyPair } from '../kit/certificate/keys.ts';
import { environment, readSettings, SettingsError, type Environment } from '../kit/settings/settings.ts';
import { temporaryFolder } from './support/command.ts';

const valid = {
  OAUTH_BASE_URL: 'https://api.example.com/pub',
  OAUTH_CLIENT_ID: 'an-id',
  OAUTH_CLIENT_SECRET: 'canary-of-the-secret',
};

function problemsOf(env: Environment): readonly string[] {
  try {
    readSettings(env);
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.problems;
  }
}

test('the defaults are those of the README', () => {
  assert.deepEqual(readSettings(valid), {
    baseUrl: 'https://api.example.com/pub',
    client: { id: 'an-id', secret: 'canary-of-the-secret' },
    profile: 'gate',
    strict: false,
    timeoutMs: 10_000,
    concurrency: 8,
    maxRequests: 1500,
    maxDurationS: 300,
    maxResponseBytes: 4 * 1024 * 1024,
    expiryWaitS: 0,
    trust: {},
    reportsDir: 'reports',
    latencyBudgets: {},
    alertOn: 'violation',
  });
});

test('every setting is read', () => {
  const all = {
    ...valid,
    OAUTH_OTHER_CLIENT_ID: 'other-id',
    OAUTH_OTHER_CLIENT_SECRET: 'other-secret',
    OAUTH_STRICT: '1',
    OAUTH_TIMEOUT_MS: '2500',
    OAUTH_CONCURRENCY: '2',
    OAUTH_MAX_REQUESTS: '40',
    OAUTH_MAX_RPS: '2',
    OAUTH_MAX_RESPONSE_BYTES: '65536',
    OAUTH_EXPIRY_WAIT_S: '90',
    OAUTH_MAX_DURATION_S: '600',
    OAUTH_REPORTS_DIR: 'out',
    OAUTH_PROFILE: 'gate',
    OAUTH_BUDGET_P95_MS: 'createToken=800, fetchTokenGroups=400',
    OAUTH_BASELINE: 'last.json',
    OAUTH_WAIVERS_FILE: 'waivers.yaml',
    OAUTH_HISTORY_FILE: 'history.jsonl',
    OAUTH_ALERT_ON: 'change',
    OAUTH_CERTIFICATE_CHALLENGE: 'a-challenge',
    OAUTH_SIGNING_KEY_FILE: 'programme.key.pem',
    OAUTH_SIGNING_KEY_PASSPHRASE: 'canary-of-the-passphrase',
  };
  assert.deepEqual(readSettings(all), {
    baseUrl: 'https://api.example.com/pub',
    client: { id: 'an-id', secret: 'canary-of-the-secret' },
    otherClient: { id: 'other-id', secret: 'other-secret' },
    profile: 'gate',
    strict: true,
    timeoutMs: 2500,
    concurrency: 2,
    maxRequests: 40,
    maxDurationS: 600,
    maxRps: 2,
    maxResponseBytes: 65_536,
    expiryWaitS: 90,
    trust: {},
    reportsDir: 'out',
    latencyBudgets: { createToken: 800, fetchTokenGroups: 400 },
    baselineFile: 'last.json',
    waiversFile: 'waivers.yaml',
    historyFile: 'history.jsonl',
    alertOn: 'change',
    challenge: 'a-challenge',
    signingKeyFile: 'programme.key.pem',
    signingKeyPassphrase: 'canary-of-the-passphrase',
  });
});

for (const [given, read] of [
  ['https://api.example.com', 'https://api.example.com'],
  ['https://api.example.com/', 'https://api.example.com'],
  ['https://api.example.com/pub/', 'https://api.example.com/pub'],
  ['https://api.example.com:8443/a/b//', 'https://api.example.com:8443/a/b'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://[::1]:8080/pub', 'http://[::1]:8080/pub'],
] as const) {
  test(`the base URL ${given} is read as ${read}`, () => {
    assert.equal(readSettings({ ...valid, OAUTH_BASE_URL: given }).baseUrl, read);
  });
}

/** What is wrong with one variable, and what the message must say about it. */
const wrong: readonly (readonly [name: string, value: string | undefined, says: RegExp])[] = [
  ['OAUTH_BASE_URL', undefined, /is not set.*npm run demo/],
  ['OAUTH_BASE_URL', 'api.example.com', /absolute http or https URL/],
  ['OAUTH_BASE_URL', '/pub', /absolute http or https URL/],
  ['OAUTH_BASE_URL', 'ftp://api.example.com', /absolute http or https URL/],
  ['OAUTH_BASE_URL', 'https://me:canary-of-the-secret@api.example.com', /user info/],
  ['OAUTH_BASE_URL', 'https://me@api.example.com', /user info/],
  ['OAUTH_BASE_URL', 'https://:canary-of-the-secret@api.example.com', /user info/],
  ['OAUTH_BASE_URL', 'https://api.example.com?a=b', /query/],
  ['OAUTH_BASE_URL', 'https://api.example.com/?', /query/],
  ['OAUTH_BASE_URL', 'https://api.example.com#part', /fragment/],
  ['OAUTH_BASE_URL', 'https://api.example.com/#', /fragment/],
  ['OAUTH_BASE_URL', 'http://api.example.com', /plain HTTP.*https URL; OAUTH_ALLOW_HTTP=1/],
  ['OAUTH_BASE_URL', 'http://localhost.example.com', /plain HTTP/],
  ['OAUTH_BASE_URL', 'http://127.0.0.1.example.com', /plain HTTP/],
  ['OAUTH_BASE_URL', 'http://my127.0.0.1.example', /plain HTTP/],
  ['OAUTH_CLIENT_ID', undefined, /is not set: it takes the id of the client/],
  ['OAUTH_CLIENT_SECRET', undefined, /is not set: it takes the secret/],
  ['OAUTH_PROFILE', 'weekly', /it takes gate, nightly, or certification$/],
  ['OAUTH_ALERT_ON', 'always', /it takes violation or change$/],
  ['OAUTH_BUDGET_P95_MS', '800', /such as createToken=800,fetchTokenGroups=400 \(they are createToken, /],
  ['OAUTH_BUDGET_P95_MS', 'createToken=0', /it takes milliseconds/],
  ['OAUTH_BUDGET_P95_MS', 'createToken=1,createToken=2', /it takes milliseconds/],
  ['OAUTH_BUDGET_P95_MS', 'fetchGroups=400', /it takes milliseconds/],
  ['OAUTH_BUDGET_P95_MS', 'createToken=400,', /it takes milliseconds/],
  ...['a createToken=400', 'createToken=400 ms', 'createToken=400ms', 'createTokenX=400', 'createToken400'].map((value) => ['OAUTH_BUDGET_P95_MS', value, /it takes milliseconds/] as const),
  ['OAUTH_STRICT', 'yes', /0 or 1/],
  ['OAUTH_STRICT', 'true', /0 or 1/],
  ['OAUTH_TIMEOUT_MS', '0', /whole number of milliseconds from 1/],
  ['OAUTH_TIMEOUT_MS', '1.5', /whole number/],
  ['OAUTH_TIMEOUT_MS', '10s', /whole number/],
  ['OAUTH_TIMEOUT_MS', '600001', /to 600000/],
  ['OAUTH_CONCURRENCY', '0', /from 1 to 256/],
  ['OAUTH_CONCURRENCY', '-1', /whole number of requests/],
  ['OAUTH_EXPIRY_WAIT_S', '-1', /whole number of seconds from 0/],
  ['OAUTH_MAX_DURATION_S', '0', /whole number of seconds from 1 to 604800$/],
  ['OAUTH_MAX_REQUESTS', '0', /whole number of requests from 1 to 1000000$/],
  ['OAUTH_MAX_RPS', '0', /whole number of requests in a second from 1 to 10000$/],
  ['OAUTH_MAX_RESPONSE_BYTES', '1023', /whole number of bytes from 1024 to 268435456$/],
  ['OAUTH_ALLOW_HTTP', 'true', /0 or 1/],
];

for (const [name, value, says] of wrong) {
  test(`${name}=${value ?? '(unset)'} is a problem that the message names`, () => {
    const problems = problemsOf({ ...valid, [name]: value });
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /^OAUTH_[A-Z0-9_]+ /);
    assert.match(problems[0] ?? '', says);
    assert.ok(problems[0]?.includes(name));
    assert.ok(!problems[0]?.includes('canary'), 'a secret is printed');
  });
}

test('half of another client is a problem of the other half', () => {
  assert.deepEqual(problemsOf({ ...valid, OAUTH_OTHER_CLIENT_ID: 'only-the-id' }), [
    'OAUTH_OTHER_CLIENT_SECRET is not set, though OAUTH_OTHER_CLIENT_ID is: it takes both or neither',
  ]);
  assert.deepEqual(problemsOf({ ...valid, OAUTH_OTHER_CLIENT_SECRET: 'only-the-secret' }), [
    'OAUTH_OTHER_CLIENT_ID is not set, though OAUTH_OTHER_CLIENT_SECRET is: it takes both or neither',
  ]);
});

test('the same client twice is a problem', () => {
  const twice = { ...valid, OAUTH_OTHER_CLIENT_ID: 'an-id', OAUTH_OTHER_CLIENT_SECRET: 'x' };
  assert.match(problemsOf(twice)[0] ?? '', /^OAUTH_OTHER_CLIENT_ID .*another organization/);
});

for (const [name, least, most] of [
  ['OAUTH_TIMEOUT_MS', '1', '600000'],
  ['OAUTH_CONCURRENCY', '1', '256'],
  ['OAUTH_MAX_REQUESTS', '1', '1000000'],
  ['OAUTH_MAX_DURATION_S', '1', '604800'],
  ['OAUTH_MAX_RPS', '1', '10000'],
  ['OAUTH_MAX_RESPONSE_BYTES', '1024', '268435456'],
  ['OAUTH_EXPIRY_WAIT_S', '0', '86400'],
] as const) {
  test(`${name} takes ${least} and ${most}, and nothing beyond`, () => {
    assert.deepEqual([least, most].flatMap((value) => problemsOf({ ...valid, [name]: value })), []);
    assert.equal(problemsOf({ ...valid, [name]: String(Number(most) + 1) }).length, 1);
  });
}

for (const url of ['http://localhost:8080', 'http://api.localhost', 'http://127.0.0.1', 'http://127.100.200.30', 'http://[::1]']) {
  test(`plain HTTP is taken on loopback: ${url}`, () => assert.deepEqual(problemsOf({ ...valid, OAUTH_BASE_URL: url }), []));
}

test('plain HTTP off loopback is taken where it is permitted', () => {
  assert.deepEqual(problemsOf({ ...valid, OAUTH_BASE_URL: 'http://api.example.com', OAUTH_ALLOW_HTTP: '1' }), []);
  assert.equal(problemsOf({ ...valid, OAUTH_BASE_URL: 'http://api.example.com', OAUTH_ALLOW_HTTP: '0' }).length, 1);
});

for (const [name, meant] of [
  ['OAUTH_CLIENT_SERCET', 'OAUTH_CLIENT_SECRET'],
  ['OAUTH_STRICTLY', 'OAUTH_STRICT'],
  ['OAUTH_BASEURL', 'OAUTH_BASE_URL'],
  ['oauth_timeout_ms', 'OAUTH_TIMEOUT_MS'],
  ['OAUTH_BUDGET_P95', 'OAUTH_BUDGET_P95_MS'],
  ['OAUTH_MAX_RESPONSE', 'OAUTH_MAX_RESPONSE_BYTES'],
] as const) {
  test(`${name} is a misspelt ${meant}`, () => {
    assert.deepEqual(problemsOf({ ...valid, [name]: 'canary' }), [`${name} is not a setting of this kit: ${meant} was probably meant`]);
  });
}

for (const name of ['OAUTH_STRICTEST', 'OAUTH_PROVIDER', 'OAUTH_CLIENT', 'OAUTH_MAX_RPS_BURST', 'MYOAUTH_STRICT', 'PATH']) {
  test(`${name} is left alone`, () => assert.deepEqual(problemsOf({ ...valid, [name]: 'x' }), []));
}

test('a settings error is one message of all problems, a line each', () => {
  assert.throws(() => readSettings({ ...valid, OAUTH_STRICT: 'x', OAUTH_CONCURRENCY: 'x' }), {
    name: 'SettingsError',
    message: 'OAUTH_STRICT is not valid: it takes 0 or 1\nOAUTH_CONCURRENCY is not valid: it takes a whole number of requests from 1 to 256',
  });
});

test('all problems are listed at once', () => {
  const problems = problemsOf({ OAUTH_BASE_URL: 'nonsense', OAUTH_STRICT: '2', OAUTH_TIMEOUT_MS: 'x', OAUTH_OTHER_CLIENT_ID: 'a' });
  assert.deepEqual(
    problems.map((problem) => problem.split(' ')[0]),
    [
      'OAUTH_BASE_URL',
      'OAUTH_CLIENT_ID',
      'OAUTH_CLIENT_SECRET',
      'OAUTH_OTHER_CLIENT_SECRET',
      'OAUTH_STRICT',
      'OAUTH_TIMEOUT_MS',
    ],
  );
});

test('the environment wins over .env, and an empty variable counts as unset in both', (t) => {
  const file = join(temporaryFolder(t), '.env');
  writeFileSync(file, 'OAUTH_CLIENT_ID=from-file\nOAUTH_CLIENT_SECRET="quoted secret"\nOAUTH_STRICT=\nOAUTH_REPORTS_DIR=file\n');
  const env = environment({ OAUTH_CLIENT_ID: 'from-environment', OAUTH_CLIENT_SECRET: '', OAUTH_REPORTS_DIR: '' }, file);
  assert.equal(environment({ OAUTH_CLIENT_ID: undefined }, file).OAUTH_CLIENT_ID, 'from-file');
  assert.equal(env.OAUTH_CLIENT_ID, 'from-environment');
  assert.equal(env.OAUTH_CLIENT_SECRET, 'quoted secret');
  assert.equal(env.OAUTH_REPORTS_DIR, 'file');
  assert.ok(!('OAUTH_STRICT' in env));
});

test('a missing .env is no problem', (t) => {
  assert.deepEqual(environment({ A: 'b' }, join(temporaryFolder(t), '.env')), { A: 'b' });
});

test('a .env that cannot be read is a problem of the settings', (t) => {
  const folder = temporaryFolder(t);
  assert.throws(() => environment({}, folder), { name: 'SettingsError', message: `${folder} cannot be read (EISDIR): it takes a file of settings that the user of this run may read, or none` });
});

test('the .env of the working directory is read', (t) => {
  const before = process.cwd();
  t.after(() => process.chdir(before));
  process.chdir(temporaryFolder(t));
  writeFileSync('.env', 'OAUTH_REPORTS_DIR=of-the-folder\n');
  assert.equal(environment({}).OAUTH_REPORTS_DIR, 'of-the-folder');
  assert.equal(environment({ OAUTH_REPORTS_DIR: 'of-the-environment' }).OAUTH_REPORTS_DIR, 'of-the-environment');
});

test('a proxy that cannot be used is a problem, and its password is not repeated', () => {
  for (const [value, says] of [
    ['not a url', /^HTTPS_PROXY is not valid: expected an http or https URL such as /],
    ['socks5://user:canary@127.0.0.1:1', /^HTTPS_PROXY is not valid: /],
    ['http://user:canary%@127.0.0.1:1', /^HTTPS_PROXY holds credentials that are not valid: /],
  ] as const) {
    const [problem = '', ...more] = problemsOf({ ...valid, HTTPS_PROXY: value });
    assert.match(problem, says);
    assert.deepEqual([more, problem.includes('canary')], [[], false]);
    assert.deepEqual(problemsOf({ ...valid, HTTPS_PROXY: value, NO_PROXY: 'api.example.com' }), []);
  }
  const before = { ...process.env };
  const { proxy } = readSettings({ ...valid, https_proxy: 'http://us%40er:canary%3A1@proxy.example.com:3128/' });
  assert.deepEqual(proxy, { url: 'http://proxy.example.com:3128', authorization: `Basic ${Buffer.from('us@er:canary:1').toString('base64')}`, password: 'canary:1' });
  assert.deepEqual({ ...process.env }, before);
  assert.equal(readSettings({ ...valid, OAUTH_BASE_URL: 'http://127.0.0.1:1', https_proxy: 'not a url' }).proxy, undefined);
});

const nightly = { ...valid, OAUTH_PROFILE: 'nightly' };

test('the nightly profile has limits of its own, which can be lowered and not raised', () => {
  const allowed = { ...nightly, OAUTH_ALLOW_PRODUCTION: 'api.example.com' };
  const { maxRequests, maxRps, expiryWaitS } = readSettings({ ...allowed, OAUTH_EXPIRY_WAIT_S: '90' });
  assert.deepEqual([maxRequests, maxRps, expiryWaitS], [40, 2, 0]);
  const lowered = readSettings({ ...allowed, OAUTH_MAX_REQUESTS: '35', OAUTH_MAX_RPS: '1' });
  assert.deepEqual([lowered.maxRequests, lowered.maxRps], [35, 1]);
  assert.deepEqual(problemsOf({ ...allowed, OAUTH_MAX_REQUESTS: '41', OAUTH_MAX_RPS: '3' }), [
    'OAUTH_MAX_RPS is not valid: it takes a whole number of requests in a second, with OAUTH_PROFILE=nightly, from 1 to 2',
    'OAUTH_MAX_REQUESTS is not valid: it takes a whole number of requests, with OAUTH_PROFILE=nightly, from 1 to 40',
  ]);
});

test('a run has a time by its profile, which waits for expiry come on top of', () => {
  const durationOf = (more: Record<string, string>) => readSettings({ ...valid, OAUTH_OTHER_CLIENT_ID: 'other-id', OAUTH_OTHER_CLIENT_SECRET: 'canary-of-the-other', ...more }).maxDurationS;
  assert.equal(durationOf({}), 300);
  assert.equal(durationOf({ OAUTH_PROFILE: 'nightly', OAUTH_ALLOW_PRODUCTION: 'api.example.com' }), 120);
  assert.equal(durationOf({ OAUTH_PROFILE: 'certification' }), 1800);
  // Both fetches wait.
  assert.equal(durationOf({ OAUTH_EXPIRY_WAIT_S: '3600' }), 300 + 2 * 3600);
  assert.equal(durationOf({ OAUTH_EXPIRY_WAIT_S: '60', OAUTH_MAX_DURATION_S: '60' }), 60);
  assert.deepEqual(problemsOf({ ...valid, OAUTH_EXPIRY_WAIT_S: '61', OAUTH_MAX_DURATION_S: '60' }), [
    'OAUTH_EXPIRY_WAIT_S is longer than OAUTH_MAX_DURATION_S, which ends the run before the wait is over: it takes a shorter wait, or OAUTH_MAX_DURATION_S a longer duration or no value',
  ]);
});

test('what is said to be in production takes no other profile, and another target any', () => {
  const said = { ...valid, OAUTH_ALLOW_PRODUCTION: 'api.example.com' };
  for (const profile of ['gate', 'certification']) {
    const [problem = '', ...more] = problemsOf({ ...said, OAUTH_PROFILE: profile, OAUTH_OTHER_CLIENT_ID: 'other-id', OAUTH_OTHER_CLIENT_SECRET: 'canary-of-the-other' });
    assert.match(problem, new RegExp(`^OAUTH_ALLOW_PRODUCTION says that the target is in production, where OAUTH_PROFILE=${profile} would send hostile requests: it takes`));
    assert.deepEqual(more, []);
  }
  assert.deepEqual(problemsOf({ ...said, OAUTH_ALLOW_PRODUCTION: 'other.example.com' }), []);
  assert.deepEqual(problemsOf({ ...said, OAUTH_BASE_URL: undefined }).map((problem) => problem.split(' ')[0]), ['OAUTH_BASE_URL']);
  assert.deepEqual(problemsOf(nightly), ['OAUTH_ALLOW_PRODUCTION is not set, which OAUTH_PROFILE=nightly needs: it takes the host of OAUTH_BASE_URL, with its port where there is one (api.example.com), to say that it may be asked']);
  assert.deepEqual(problemsOf({ ...nightly, OAUTH_BASE_URL: undefined }).map((problem) => problem.split(' ')[0]), ['OAUTH_BASE_URL']);
});

test('production is named as the base URL has it, its usual port aside', () => {
  for (const [baseUrl, allowed, expected] of [
    ['https://api.example.com/pub', 'api.example.com', true],
    ['https://api.example.com/pub', 'API.example.com:443', true],
    ['https://api.example.com:8443', 'api.example.com:8443', true],
    ['https://api.example.com:8443', 'api.example.com', false],
    ['https://api.example.com', 'example.com', false],
    ['https://api.example.com', 'https://api.example.com', false],
    ['https://api.example.com', 'api.example.com/pub', false],
    ['https://api.example.com', 'canary@api.example.com', false],
    ['https://api.example.com', '1', false],
  ] as const) {
    const problems = problemsOf({ ...nightly, OAUTH_BASE_URL: baseUrl, OAUTH_ALLOW_PRODUCTION: allowed });
    assert.deepEqual(problems.length, expected ? 0 : 1, `${baseUrl} ${allowed}`);
    if (!expected) assert.match(problems[0] ?? '', /^OAUTH_ALLOW_PRODUCTION names another host: it takes the host of OAUTH_BASE_URL, .*\(api\.example\.com/);
    assert.doesNotMatch(problems.join(), /canary/);
  }
});

test('a certificate needs both clients, secrets that can be told from prose, no waivers, and a key that signs', (t) => {
  const certification = { ...valid, OAUTH_PROFILE: 'certification', OAUTH_OTHER_CLIENT_ID: 'other-id', OAUTH_OTHER_CLIENT_SECRET: 'canary-of-the-other' };
  const file = join(temporaryFolder(t), 'key.pem');
  const { OAUTH_OTHER_CLIENT_ID: _id, OAUTH_OTHER_CLIENT_SECRET: _secret, ...alone } = certification;
  assert.deepEqual(problemsOf(certification), []);
  assert.deepEqual(problemsOf({ ...certification, OAUTH_CERTIFICATE_CHALLENGE: 'x'.repeat(200) }), []);
  for (const [env, says] of [
    [alone, /^OAUTH_OTHER_CLIENT_ID and OAUTH_OTHER_CLIENT_SECRET are not set, which OAUTH_PROFILE=certification needs: they take/],
    [{ ...certification, OAUTH_CLIENT_SECRET: 'short' }, /^OAUTH_CLIENT_SECRET is short or a common word, /],
    [{ ...certification, OAUTH_WAIVERS_FILE: 'waivers.yaml' }, /^OAUTH_WAIVERS_FILE is set, and a certificate waives nothing: it takes no value/],
    [{ ...certification, OAUTH_CERTIFICATE_CHALLENGE: 'two words' }, /^OAUTH_CERTIFICATE_CHALLENGE is not valid: /],
    [{ ...certification, OAUTH_CERTIFICATE_CHALLENGE: 'x'.repeat(201) }, /^OAUTH_CERTIFICATE_CHALLENGE is not valid: /],
    [{ ...certification, OAUTH_SIGNING_KEY_FILE: file }, /^OAUTH_SIGNING_KEY_FILE names a file that cannot be read \(ENOENT\): it takes a private key in PEM, /],
  ] as const) {
    const problems = problemsOf(env);
    assert.equal(problems.length, 1, problems.join());
    assert.match(problems[0] ?? '', says);
  }
  for (const pem of ['canary', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }), newKeyPair().publicKey]) {
    writeFileSync(file, pem);
    const [problem = ''] = problemsOf({ ...certification, OAUTH_SIGNING_KEY_FILE: file });
    assert.match(problem, /^OAUTH_SIGNING_KEY_FILE names a file that holds no such key: it takes/);
    assert.doesNotMatch(problem, /canary|BEGIN/);
  }
  writeFileSync(file, newKeyPair().privateKey);
  assert.deepEqual(problemsOf({ ...certification, OAUTH_SIGNING_KEY_FILE: file }), []);
  writeFileSync(file, newKeyPair('canary passphrase').privateKey);
  const encrypted = { ...certification, OAUTH_SIGNING_KEY_FILE: file };
  assert.deepEqual(problemsOf(encrypted), ['OAUTH_SIGNING_KEY_FILE names a private key that is encrypted: expected its passphrase in OAUTH_SIGNING_KEY_PASSPHRASE']);
  assert.deepEqual(problemsOf({ ...encrypted, OAUTH_SIGNING_KEY_PASSPHRASE: 'another canary' }), [
    'OAUTH_SIGNING_KEY_PASSPHRASE does not decrypt the key of OAUTH_SIGNING_KEY_FILE: expected the passphrase that it was encrypted with',
  ]);
  assert.deepEqual(problemsOf({ ...encrypted, OAUTH_SIGNING_KEY_PASSPHRASE: 'canary passphrase' }), []);
});
