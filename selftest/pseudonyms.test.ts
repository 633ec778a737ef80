import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pseudonyms } from '../kit/certificate/pseudonyms.ts';
import { bytes, type Exchange } from '../kit/target/exchange.ts';
import { firstHalf, lookalike, nearMisses, otherCase, withoutLast } from '../kit/judging/lookalike.ts';
import { formsOf } from '../kit/certificate/forms.ts';
import { Run } from '../kit/target/run.ts';
import { answer, body, exchange } from './support/exchanges.ts';
import { settingsFor } from './support/servers.ts';

const secret = 'Canary/Of+The "Secret" 42';
const client = { id: 'client', secret };
const token = { access_token: 'aB3-_.~+/access-TOKEN-0123456789==', refresh_token: 'deadbeef0123456789abcdef' };
const granted = (attributes: object, request: object = {}) =>
  exchange({ request: { body: body(request) }, answer: answer(201, { data: { type: 'token', id: 'token-id', attributes: { token_type: 'bearer', expires_in: 1, ...attributes } } }) });

/** Exchanges with pseudonyms, of a run that had them and a token. */
function pseudonymous(...exchanges: readonly Exchange[]) {
  const run = new Run(settingsFor('https://api.example.com', { client }));
  run.exchanges.push(granted(token), ...exchanges);
  for (const each of run.exchanges) run.redactor.learnFrom(each);
  run.close();
  const pseudonyms = new Pseudonyms(run);
  return { secret: pseudonyms.client(client).secret, pseudonyms, exchanges: run.exchanges.map((each) => pseudonyms.exchange(each)) };
}

const attributesOf = ({ answer: given }: Exchange) =>
  (JSON.parse(bytes(given ?? {}).toString()) as { data: { attributes: typeof token } }).data.attributes;

test('a pseudonym has the length and the syntax of the secret, and nothing of it', () => {
  const { secret: other, exchanges } = pseudonymous();
  const form = (value: string) => value.replace(/[a-z]/g, 'a').replace(/[A-Z]/g, 'A').replace(/[0-9]/g, '0');
  const attributes = attributesOf(exchanges[0] ?? assert.fail());
  for (const [value, pseudonym] of [[secret, other], [token.access_token, attributes.access_token]] as const) {
    assert.equal(form(pseudonym), form(value));
    assert.notEqual(pseudonym, value);
  }
  assert.match(attributes.refresh_token, /^[0-9a-f]{24}$/, 'hexadecimal digits stay such');
  assert.notEqual(attributes.refresh_token, token.refresh_token);
});

test('no more of a value stays than chance has it, and values that are alike have nothing alike', () => {
  const values = ['0'.repeat(99), '1234567890'.repeat(20), 'abcdefghijklmnopqrstuvwxyz'.repeat(8), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.repeat(8), '0123456789abcdef'.repeat(12)];
  const of = (value: string) => {
    const run = new Run(settingsFor('https://api.example.com', { client: { id: 'client', secret: value } }));
    run.close();
    return new Pseudonyms(run).client(run.settings.client).secret;
  };
  const [zeros, ...others] = values.map(of);
  assert.equal(zeros, values[0], 'a zero stays, so that no number begins with one that did not');
  for (const [i, pseudonym] of others.entries()) {
    const value = values[i + 1] ?? assert.fail();
    const same = Array.from(value).filter((character, at) => character === pseudonym[at] && character !== '0').length;
    assert.ok(same < value.length / 3, `${same} of ${value.length} stayed`);
    const [first, second] = [pseudonym.slice(0, 26), pseudonym.slice(26, 52)];
    assert.notEqual(first, second, 'it does not repeat itself where the value does');
  }
});

test('whatever the run knows as secret is replaced: of both clients, what was only sent, short ones where they are a value, and cookies', () => {
  const clients = { client: { id: 'one', secret: 'abc' }, otherClient: { id: 'two', secret: 'canary-of-the-other' } };
  const run = new Run(settingsFor('https://api.example.com', clients));
  run.exchanges.push(
    granted({ access_token: 'canary-access', refresh_token: '' }),
    exchange({
      request: {
        headers: [['Authorization', 'Bearer canary-that-nobody-issued'], ['Cookie', 'name=canary-of-a-cookie; path=/x'], ['X-Cookie', 'name=value'], ['Cookies', 'name=value']],
        body: body({ client_secret: 'abc', note: 'abc', more: 'abcde' }),
      },
      answer: answer(403, { echo: 'canary-of-the-other' }, [['set-cookie', 'id=canary-2; Path=/']]),
    }),
  );
  for (const each of run.exchanges) run.redactor.learnFrom(each);
  run.close();
  const pseudonyms = new Pseudonyms(run);
  const [, { request, answer: given } = assert.fail()] = run.exchanges.map((each) => pseudonyms.exchange(each));
  const [authorization, cookieSent, ...rest] = request.headers.map(([, value]) => value);
  assert.match(authorization ?? '', /^Bearer [a-z]{6}-[a-z]{4}-[a-z]{6}-[a-z]{6}$/);
  assert.match(cookieSent ?? '', /^name=[a-z]{6}-[a-z]{2}-[a-z]-[a-z]{6}; path=\/x$/);
  assert.deepEqual(rest, ['name=value', 'name=value']);
  const sent = JSON.parse(bytes(request).toString()) as Record<string, string>;
  assert.deepEqual([sent['client_secret'], sent['note'], sent['more']], [pseudonyms.client(clients.client).secret, 'abc', 'abcde']);
  assert.notEqual(sent['client_secret'], 'abc');
  assert.deepEqual(JSON.parse(bytes(given ?? {}).toString()), { echo: pseudonyms.client(clients.otherClient).secret });
  assert.match(given?.headers[0]?.[1] ?? '', /^id=[a-z]{6}-[1-9]; Path=\/$/);
  assert.doesNotMatch(JSON.stringify([request, given, bytes(request).toString(), bytes(given ?? {}).toString()]), /canary/);
});

test('what is beyond ASCII is another character, too, and takes as many bytes', () => {
  const run = new Run(settingsFor('https://api.example.com', { client: { id: 'client', secret: 'пароль-秘密の鍵-🔑🔒🔓' } }));
  run.close();
  const { secret: pseudonym } = new Pseudonyms(run).client(run.settings.client);
  const [given, other] = [run.settings.client.secret, pseudonym].map((value) => Array.from(value));
  assert.deepEqual(other?.map((character) => Buffer.byteLength(character)), given?.map((character) => Buffer.byteLength(character)));
  const alike = given?.filter((character, i) => character !== '-' && character === other?.[i]) ?? [];
  assert.ok(alike.length < 8, `${alike.join(' ')} stayed: by chance, one in 32 does`);
});

test('the same secret has the same pseudonym wherever it stands, in every form', () => {
  const { access_token: accessToken } = token;
  const { secret: other, exchanges } = pseudonymous(
    exchange({
      request: { path: `oauth/token?client_secret=${encodeURIComponent(secret)}`, headers: [['Authorization', `Bearer ${accessToken}`]], body: body({ client_secret: secret }) },
      answer: answer(403, { echo: secret, header: `Bearer ${accessToken}`, pair: Buffer.from(`client:${secret}`).toString('base64') }),
    }),
  );
  const [first, second] = exchanges;
  const { access_token: pseudonym } = attributesOf(first ?? assert.fail());
  assert.ok(second?.answer);
  assert.equal(second.request.path, `oauth/token?client_secret=${encodeURIComponent(other)}`);
  assert.deepEqual(second.request.headers, [['Authorization', `Bearer ${pseudonym}`]]);
  assert.deepEqual(JSON.parse(bytes(second.request).toString()), { client_secret: other });
  assert.deepEqual(JSON.parse(bytes(second.answer).toString()), {
    echo: other,
    header: `Bearer ${pseudonym}`,
    pair: Buffer.from(`client:${other}`).toString('base64'),
  });
});

test('what was made from a secret is made from its pseudonym in the same way', () => {
  const made = [...Object.values(nearMisses), (value: string) => `${value}x`, (value: string) => ` ${value}`, (value: string) => `${value} `];
  const { secret: other, exchanges } = pseudonymous(...made.map((make) => exchange({ request: { body: body({ client_secret: make(secret) }) } })));
  assert.deepEqual(
    exchanges.slice(1).map(({ request }) => (JSON.parse(bytes(request).toString()) as { client_secret: string }).client_secret),
    made.map((make) => make(other)),
  );
});

test('a near miss is another value than the secret, however it is made', () => {
  assert.deepEqual([lookalike('aZ9-'), otherCase('aZ9-'), withoutLast('aZ9-'), firstHalf('aZ9')], ['bA0-', 'Az9-', 'aZ9', 'aZ']);
});

test('bytes that are no UTF-8 stay as they are, and cookies keep their names alone', () => {
  const raw = Buffer.concat([Buffer.from([0xff, 0xc3]), Buffer.from(secret), Buffer.from([0x00, 0xfe])]);
  const { secret: other, exchanges } = pseudonymous(
    exchange({ answer: { status: 200, headers: [['Set-Cookie', 'session=Abc123; Path=/']], body: raw.toString('base64') } }),
  );
  const given = exchanges[1]?.answer ?? assert.fail();
  assert.deepEqual(bytes(given), Buffer.concat([Buffer.from([0xff, 0xc3]), Buffer.from(other), Buffer.from([0x00, 0xfe])]));
  assert.match(given.headers[0]?.[1] ?? '', /^session=(?!Abc123)[A-Z][a-z]{2}\d{3}; Path=\/$/);
});

test('no form of any secret is left', () => {
  const forms = formsOf(secret).filter(({ length }) => length >= 8);
  const sent = forms.map((form) => exchange({ request: { body: body({ note: form }) }, answer: answer(400, { said: form }) }));
  const { exchanges } = pseudonymous(...sent);
  const text = exchanges.flatMap(({ request, answer: given }) => [request, given ?? {}]).map((message) => bytes(message).toString()).join('\n');
  for (const form of forms) assert.ok(!text.includes(form), form);
});
