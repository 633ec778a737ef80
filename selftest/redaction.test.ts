import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requirement } from '../contracts/requirements/index.ts';
import { isSearched, Redactor } from '../kit/secrets/redaction.ts';
import { body, exchange } from './support/exchanges.ts';

const secret = 'c4n"ry/s3cret+ä=?';

test('a secret is replaced in every form in which it may stand in a text', () => {
  const redactor = new Redactor('key');
  redactor.learn(secret, 'client_secret');
  for (const form of [
    secret,
    JSON.stringify(secret),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ]) {
    const redacted = redactor.redact(`before ${form} after`);
    assert.match(redacted, /^before "?\[client_secret [0-9a-f]{6}\]"? after$/, form);
  }
});

test('the same secret has the same placeholder under the same key, and another under another', () => {
  const placeholder = (key: string) => {
    const redactor = new Redactor(key);
    redactor.learn(secret, 'access_token');
    return redactor.redact(secret);
  };
  assert.equal(placeholder('key'), placeholder('key'));
  assert.notEqual(placeholder('key'), placeholder('other key'));
});

for (const [form, given, expected] of [
  ['JSON', 'a "quoted" \\ value', 'a \\"quoted\\" \\\\ value'],
  ['JSON, by PHP', 'a/b/c/d/e', 'a\\/b\\/c\\/d\\/e'],
  ['JSON, by Gson', "a<b>c&d=e'fü", 'a\\u003cb\\u003ec\\u0026d\\u003de\\u0027f\\u00fc'],
  ['JSON in JSON', 'a "quoted" value', 'a \\\\\\"quoted\\\\\\" value'],
  ['JSON in JSON, by PHP', 'a/b/c/d/e', 'a\\\\\\/b\\\\\\/c\\\\\\/d\\\\\\/e'],
  ['JSON by PHP, in JSON', 'a/b/c/d/e', 'a\\\\/b\\\\/c\\\\/d\\\\/e'],
  ['HTML', 'a<b>c&d"e\'f', 'a&lt;b&gt;c&amp;d&quot;e&#39;f'],
  ['a URL', 'a/b c+d=ü', 'a%2Fb%20c%2Bd%3D%C3%BC'],
  ['a URL, in lower case', 'A/B C+D=ü', 'A%2fB%20C%2bD%3d%c3%bc'],
  ['a form', 'a/b c+d e', 'a%2Fb+c%2Bd+e'],
  ['base64', 'a-secret?~~', 'YS1zZWNyZXQ/fn4='],
  ['base64 without padding', 'a-secret??', 'YS1zZWNyZXQ/Pw'],
  ['base64 for URLs', 'a-secret?~~', 'YS1zZWNyZXQ_fn4'],
] as const) {
  test(`a value is found in ${form}`, () => {
    const redactor = new Redactor('key');
    redactor.learn(given, 'client_secret');
    assert.match(redactor.redact(`<${expected}>`), /^<\[client_secret [0-9a-f]{6}\]=*>$/);
  });
}

test('a value that was cut inside of a character is found, too', () => {
  const redactor = new Redactor('key');
  redactor.learn('a-secret-\ud83d', 'client_secret');
  assert.match(redactor.redact('<a-secret-%EF%BF%BD>'), /^<\[client_secret [0-9a-f]{6}\]>$/);
  assert.match(redactor.redact('<a-secret-\\ud83d>'), /^<\[client_secret [0-9a-f]{6}\]>$/);
});

test('a value is found inside of the base64 of something longer, wherever it begins there', () => {
  const value = 'canary-of-?>a~secret';
  const redactor = new Redactor('key');
  redactor.learn(value, 'client_secret');
  for (const before of ['', 'a', 'ab', 'abc', 'my-client:']) {
    for (const after of ['', 'z', 'zy', 'zyx']) {
      for (const alphabet of ['base64', 'base64url'] as const) {
        const longer = Buffer.from(before + value + after).toString(alphabet);
        assert.match(redactor.redact(`<${longer}>`), /^<[\w-]{0,13}\[client_secret [0-9a-f]{6}\][\w-]{0,4}=*>$/, `${before}|${after} in ${alphabet}`);
      }
    }
  }
});

test('a value is searched for unless it is short, or a word of the kit or of its contract', () => {
  assert.equal(isSearched('q7w8e9r'), false);
  assert.equal(isSearched('q7w8e9rt'), true);
  assert.equal(isSearched('conformant'), false);
  assert.equal(isSearched('client_credentials'), false);
  // No word is as long as this, so it is no word of the contract that begins by chance.
  const { statement } = requirement('CT-201');
  assert.equal(isSearched(statement.slice(0, 40)), false);
  assert.equal(isSearched(statement.slice(0, 41)), true);
});

test('a secret that is longer by another one is replaced whole', () => {
  const redactor = new Redactor('key');
  redactor.learn('first-canary', 'client_secret');
  redactor.learn('first-canary-and-more', 'access_token');
  redactor.learn('canary-and-more', 'refresh_token');
  assert.match(redactor.redact('<first-canary-and-more>'), /^<\[access_token [0-9a-f]{6}\]>$/);
});

test('a secret that is learned between two texts is replaced in the second', () => {
  const redactor = new Redactor('key');
  redactor.learn('first-canary', 'client_secret');
  assert.match(redactor.redact('second-canary'), /^second-canary$/);
  redactor.learn('second-canary', 'client_secret');
  assert.doesNotMatch(redactor.redact('second-canary'), /canary/);
});

test('a secret keeps the name that it was learned by first', () => {
  for (const value of ['long-enough-canary', 'short']) {
    const redactor = new Redactor('key');
    redactor.learn(value, 'client_secret');
    redactor.learn(value, 'access_token');
    assert.match(redactor.redact(`"${value}"`), /^"\[client_secret [0-9a-f]{6}\]"$/);
  }
});

test('an empty value is no secret', () => {
  const redactor = new Redactor('key');
  redactor.learn('', 'client_secret');
  assert.equal(redactor.redact('{"a": "", "b": ""}'), '{"a": "", "b": ""}');
});

test('the pair of Basic credentials is a secret of its own', () => {
  const redactor = new Redactor('key');
  redactor.learnClient({ id: 'my-client', secret: 'its-canary' }, 'client_secret');
  const pair = Buffer.from('my-client:its-canary').toString('base64');
  assert.match(redactor.redact(`${pair} its-canary`), /^\[client_secret_pair [0-9a-f]{6}\] \[client_secret [0-9a-f]{6}\]$/);
});

test('secrets are learned from the members of bodies, from the URL and from Authorization', () => {
  const redactor = new Redactor('key');
  redactor.learnFrom(
    exchange({
      request: {
        path: 'oauth/token?access_token=a%20b+query-canary&client_secret=%zz-broken-canary',
        headers: [['authorization', 'Bearer bearer-canary']],
        body: body({ data: { attributes: { client_secret: 'sent-"canary"' } } }),
      },
      answer: { status: 201, headers: [], body: body('{"access_token": "access-canary", "Refresh_Token": "refresh-canary", "id_token": "broken\\x-canary"}') },
    }),
  );
  for (const [text, name] of [
    ['a b query-canary', 'access_token'],
    ['%zz-broken-canary', 'client_secret'],
    ['bearer-canary', 'authorization'],
    ['sent-"canary"', 'client_secret'],
    ['access-canary', 'access_token'],
    ['refresh-canary', 'refresh_token'],
    ['broken\\x-canary', 'id_token'],
  ] as const) {
    assert.match(redactor.redact(`<${text}>`), new RegExp(`^<\\[${name} [0-9a-f]{6}\\]>$`));
  }
});

test('nothing is learned where nothing is to be had', () => {
  const redactor = new Redactor('key');
  redactor.learnFrom(exchange({ failure: { kind: 'reset', message: 'closed' } }));
  for (const credentials of ['Bearer', 'Bearer ', 'Basic observed']) redactor.learnFrom(exchange({ request: { headers: [['authorization', credentials]] } }));
  assert.equal(redactor.redact('"Bearer", "", "observed"'), '"Bearer", "", "observed"');
  redactor.learnFrom(exchange({ request: { headers: [['authorization', 'token-only-canary']] } }));
  assert.doesNotMatch(redactor.redact('token-only-canary'), /canary/);
});

test('secrets that were never seen are replaced by the name of their member, or by their scheme', () => {
  const redactor = new Redactor('key');
  assert.equal(redactor.redact('{"access_token": "unknown \\"one\\"", "id": "1"}'), '{"access_token": "[redacted]", "id": "1"}');
  assert.equal(redactor.redact('Authorization: Bearer abcdefgh.ijk'), 'Authorization: Bearer [redacted]');
  assert.equal(redactor.redact('WWW-Authenticate: Bearer realm="x"'), 'WWW-Authenticate: Bearer realm="x"');
});

for (const [given, expected] of [
  ['client_secret=unknown&a=b', 'client_secret=[redacted]&a=b'],
  ['{"detail": "{\\"access_token\\": \\"unknown\\", \\"id\\": \\"1\\"}"}', '{"detail": "{\\"access_token\\": \\"[redacted]\\", \\"id\\": \\"1\\"}"}'],
  ['my_client_secret=unknown', 'my_client_secret=unknown'],
  ['Authorization: Bearer   abcdefgh.ijk', 'Authorization: Bearer   [redacted]'],
  ['Authorization: basic YWJjZGVmZ2g=', 'Authorization: basic [redacted]'],
  ['Set-Cookie: session=unknown; Path=/', 'Set-Cookie: session=[redacted]; Path=/'],
  ['a: b\r\ncookie:session=unknown\r\nc: d', 'a: b\r\ncookie:session=[redacted]\r\nc: d'],
  ['a recipe: no cookie: butter=flour', 'a recipe: no cookie: butter=flour'],
  ['cookie: two words=unknown', 'cookie: two words=unknown'],
  ['{"client_secret": ""}', '{"client_secret": ""}'],
  // What a reader sends again has a variable of the shell in place of a secret.
  [`{"client_secret":"'"$OAUTH_CLIENT_SECRET"'"}`, `{"client_secret":"'"$OAUTH_CLIENT_SECRET"'"}`],
  [`printf '{"client_secret":"%s"}' "$OAUTH_CLIENT_SECRET"`, `printf '{"client_secret":"%s"}' "$OAUTH_CLIENT_SECRET"`],
  ['"password": "[client_secret 0a1b2c]"', '"password": "[client_secret 0a1b2c]"'],
  ['"password": "more[client_secret 0a1b2c]"', '"password": "[redacted]"'],
  ['"password": "[client_secret 0a1b2c]more"', '"password": "[redacted]"'],
  ['password=[client_secret 0a1b2c]', 'password=[client_secret 0a1b2c]'],
] as const) {
  test(`what was never seen is replaced by where it stands: ${given}`, () => {
    const redactor = new Redactor('key');
    assert.equal(redactor.redact(given), expected);
    assert.equal(redactor.redact(expected), expected);
  });
}

for (const part of ['\\\\', 'a', '%25', '&amp;', '"access_token":"', 'ab12', '~0', 'QUFB']) {
  test(`a text that repeats ${part} takes no more than linear time, whatever was learned`, { timeout: 60_000 }, () => {
    const text = part.repeat(250_000 / part.length);
    const redactor = new Redactor('key');
    for (const value of [`${part.repeat(8)}!`, `!${part.repeat(8)}`, text.slice(0, 5000)]) redactor.learn(value, 'client_secret');
    redactor.learnFrom(exchange({ answer: { status: 200, headers: [['Set-Cookie', text], ['X-Any', text]], body: body({ [text]: text, access_token: text }) } }));
    assert.ok(redactor.redact(text).length > 0);
  });
}

// Read from each of them, they would take a quarter of an hour.
test('a megabyte of backslashes is read once', { timeout: 60_000 }, () => {
  const text = '\\'.repeat(2 ** 20);
  assert.equal(new Redactor('key').redact(text), text);
});

test('a value that is too short to be searched for is replaced where it stands as a value, and left alone in prose', () => {
  const redactor = new Redactor('key');
  redactor.learn('sh(r)t', 'client_secret');
  assert.equal(redactor.redact('a sh(r)t text, and "sh(r)ter" ones; "shrt"'), 'a sh(r)t text, and "sh(r)ter" ones; "shrt"');
  for (const [before, after] of [['{"a":"', '"}'], ["'", "'"], ['a=', '&b'], ['a=', ' b'], ['a=', '']] as const) {
    const redacted = redactor.redact(`${before}sh(r)t${after} ${before}sh(r)t${after}`);
    assert.equal(redacted.replace(/\[client_secret [0-9a-f]{6}\]/g, '*'), `${before}*${after} ${before}*${after}`);
  }
});
