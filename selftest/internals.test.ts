import assert from 'node:assert/strict';
import { test } from 'node:test';
import { internalsIn } from '../kit/judging/internals.ts';

for (const [text, sign] of [
  ['Traceback (most recent call last):\n  File "/srv/app/views.py", line 12, in token', 'a stack trace'],
  ['  File "C:\\app\\views.py", line 12', 'a stack trace'],
  ['Error: no\n    at createToken (/srv/app/token.js:12:7)', 'a stack trace'],
  ['at com.example.TokenController.create(TokenController.java:41)', 'a stack trace'],
  ['#0 /srv/www/token.php(12): query()', 'a stack trace'],
  ['goroutine 17 [running]:', 'a stack trace'],
  ['cannot read /srv/app/config/secrets.rb', 'a source path'],
  ['cannot read C:\\inetpub\\api\\web', 'a source path'],
  ['SELECT secret FROM clients WHERE id = 1', 'SQL'],
  ['ORA-00942: table or view does not exist', 'SQL'],
  ['org.springframework.web.HttpMediaTypeNotSupportedException', 'an exception'],
  ['System.Data.SqlClient.SqlException', 'an exception'],
  ["Server Error in '/api' Application.", "a framework's error page"],
] as const) {
  test(`${sign}: ${text.split('\n')[0]}`, () => {
    assert.equal(internalsIn(text), sign);
    assert.equal(internalsIn(JSON.stringify({ errors: [{ detail: text }] })), sign);
  });
}

for (const text of [
  'The content type must be application/json or application/vnd.api+json.',
  'See https://developer.example.com/docs/errors/token.php for help',
  'Select a client and update it; deletions are made from the console at any time (see 4:2).',
  '/oauth/token/1/groups',
]) {
  test(`nothing: ${text}`, () => assert.equal(internalsIn(text), undefined));
}

test('a text of megabytes that begins what looks like a sign again and again is searched all the same', () => {
  for (const part of ['/a', 'at ', 'at a(', '\n', ' ', 'File "', 'SELECT ', 'UPDATE ', 'java.a', 'System.', 'C:\\a', "Server Error in '", '#1 x(', 'http://a', 'a.']) {
    assert.equal(internalsIn(part.repeat(4_000_000 / part.length)), undefined, part);
  }
});
