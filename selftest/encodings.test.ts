import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as hold, constantFrom, pre, property, string } from 'fast-check';
import { isSearched, Redactor, Secrets } from '../kit/secrets/redaction.ts';
import { composedEncoder, encoders, secretValue } from './support/encoders.ts';

const around = constantFrom('', ' ', '"', '<', '>', ': ', 'trace=', 'Invalid value ', '/', '{"a":"', '|', '\n', 'zz');

/** Whether any part of a text that says something of it stands in another. */
function remains(shown: string, encoded: string): boolean {
  const quarter = Math.floor(encoded.length / 4);
  return shown.includes(encoded) || shown.includes(encoded.slice(quarter, encoded.length - quarter)) || shown.includes(encoded.slice(0, encoded.length - quarter));
}

test('a secret is replaced in whatever way it is encoded, wherever it stands in a text', () => {
  hold(
    property(secretValue, composedEncoder, around, around, (secret, { names, encode }, before, after) => {
      pre(isSearched(secret));
      const redactor = new Redactor('key');
      redactor.learn(secret, 'access_token');
      const encoded = encode(secret);
      const shown = redactor.redact(`${before}${encoded}${after}`);
      assert.ok(!remains(shown, encoded), `${names}: ${shown}`);
      // Once it is shown so, it is not taken for anything else.
      assert.equal(redactor.redact(shown), shown, names);
    }),
    { seed: 1, numRuns: 4000 },
  );
});

test('of a text in which no secret stands, nothing is replaced', () => {
  hold(
    property(secretValue, composedEncoder, string({ maxLength: 200, unit: 'grapheme' }), (secret, { encode }, text) => {
      const secrets = new Secrets();
      secrets.add(`${secret}-and-more-of-it`, '[secret]');
      assert.deepEqual(secrets.hiddenIn(Buffer.from(encode(text))), []);
    }),
    { seed: 1, numRuns: 1000 },
  );
});

for (const [name, encode] of Object.entries(encoders)) {
  test(`a secret is found ${name}, and so is most of one`, () => {
    const secret = 'q7Zk-~/+ "w%41&amp;x\\n9tLm0Vb3_cR8sYd1';
    const redactor = new Redactor('key');
    redactor.learn(secret, 'client_secret');
    assert.ok(!remains(redactor.redact(encode(secret)), encode(secret)));
    const part = secret.slice(0, -3);
    assert.ok(!remains(redactor.redact(`"${encode(part)}…`), encode(part)), redactor.redact(encode(part)));
  });
}
