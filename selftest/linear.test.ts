import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { documented } from '../contracts/documented.ts';
import { requirements } from '../contracts/requirements/index.ts';
import { memberChanges, shapesOf } from '../kit/comparison/shape.ts';
import { internalsIn } from '../kit/judging/internals.ts';
import { lookalike, nearMisses } from '../kit/judging/lookalike.ts';
import { expect, whatIsGiven } from '../kit/judging/matchers.ts';
import { isDeclaredJson, tokenOf, wellFormedJson } from '../kit/judging/premises.ts';
import { violationsOf } from '../kit/judging/schema.ts';
import type { JudgedRequirement } from '../kit/judging/verdict.ts';
import { contains, positionsOf, standsAsWord, withoutWords } from '../kit/judging/words.ts';
import { categoryOf } from '../kit/reports/allure/categories.ts';
import { httpExchange } from '../kit/reports/allure/exchange.ts';
import type { Conformance } from '../kit/reports/conformance.ts';
import { consoleText } from '../kit/reports/console.ts';
import { annotations } from '../kit/reports/github.ts';
import { junit } from '../kit/reports/junit.ts';
import { statement } from '../kit/reports/statement.ts';
import { summary } from '../kit/reports/summary.ts';
import { printable } from '../kit/printable.ts';
import { Redactor } from '../kit/secrets/redaction.ts';
import { mediaType, type Exchange } from '../kit/target/exchange.ts';
import { isNestedTooDeep } from '../kit/target/nesting.ts';
import { operationAt } from '../kit/target/operation.ts';
import { retryAfter } from '../kit/target/run.ts';
import { fitsHeader, idsSent, ids, linkText, outline, repeatedIn, unknownId, unknownIdBeginningLike, walkGroups } from '../tests/given.ts';
import { challenges, hidesInternals, isErrorDocument, statusesAgree } from '../tests/4-everyExchange/refusals.ts';
import { project } from './support/command.ts';
import { answer, exchange } from './support/exchanges.ts';

/** Only what hangs takes more of the processor for one text, in milliseconds: what is quadratic takes minutes. */
const hang = 5000;
const sizes = [250_000, 1_000_000];
/** Documents and reports hold a text at a dozen places. */
const sizesInside = [20_000, 80_000];

/** Processor time of this process, in milliseconds: a busy machine makes no difference to it. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What patterns of the kit begin with, or go on with, again and again. */
const pumps = [
  '\\', '"', '\\"', '`', '` ', ' ', '\n', '\r\n', ';', '; ', ',', ', ', '/', '//', '?', '?\n', '#', '&', '=', '[', '{', '{"a":', '<', '%', '%25', ']]>', '..', '::', '##[', '\0', '\u202e', '\ud800', '\u00e9', '😀',
  'a', 'ab', 'A', 'f', '0', '0-', '/a', 'a.', 'at ', 'at a(', ':1', '#1 x(', 'File "', 'SELECT ', 'UPDATE ', 'java.a', 'org.a.A', 'ER_A', 'C:\\a', 'http://a', '.js', '/a.js',
  ', at GET ', ', at A', ': see ', ': see A', '/oauth/token/', '/oauth/token/a/groups', '/group/', '"access_token":"', '"access_token" ', 'access_token=', ', bearer', '[a', 'groups?',
];

/** A text of about so many characters that repeats a part, and ends otherwise. */
function pumped(part: string, size: number): string {
  return `${part.repeat(Math.ceil(size / part.length))}!`;
}

/** Texts that a search for one in the other takes longest for: the part in the middle is what differs. */
function pairOf(part: string, size: number): [value: string, text: string] {
  const half = part.repeat(Math.ceil(size / 8 / part.length));
  return [`${half}!${half}`, part.repeat(Math.ceil(size / part.length))];
}

const request = { method: 'POST', path: 'oauth/token', headers: [['Content-Type', 'application/json']] } as const;

/** Exchanges in which a text stands wherever a target can put one, of which some go back into requests. */
function exchangesOf(text: string): readonly Exchange[] {
  const id = encodeURIComponent(text.slice(0, 20_000).replaceAll('\ud800', '?'));
  const error = { status: '401', code: text, title: text, detail: text };
  const attributes = { access_token: text, refresh_token: text, token_type: text, expires_in: 1, name: text };
  const link = { data: { type: 'token', id: text }, links: { related: text, self: { href: text } } };
  return [
    exchange({ request, answer: answer(201, { data: { type: text, id: text, attributes, relationships: { groups: link, organization: link } }, included: [{ type: 'group', id: text, attributes, links: { self: text } }] }) }),
    exchange({ request: { ...request, body: Buffer.from(JSON.stringify({ client_id: text, refresh_token: text })).toString('base64') }, answer: answer(401, { errors: [error], [text]: text }) }),
    exchange({ request: { method: 'GET', path: `oauth/token/${id}/groups`, headers: [] }, answer: answer(200, { data: [{ type: 'group', id: text, links: { self: text } }], links: { next: text } }) }),
    exchange({ request, answer: answer(500, text, [['Content-Type', text], ['WWW-Authenticate', text], ['Retry-After', text]]) }),
  ];
}

/** A result in which a text stands wherever a target can have put one. */
function conformanceOf(text: string): Conformance {
  const judged = requirements.slice(0, 4).map(({ id, level, operation, title, statement: sentence, source }, i): JudgedRequirement => ({
    id, level, operation, title, statement: sentence, source, durationMs: 1, findings: [], result: 'passed' as const,
    ...(i === 0 && { result: 'violated' as const, findings: [{ case: 'nested', expected: text, actual: text, exchange: text, reproduce: text }] }),
    ...(i === 1 && { result: 'blocked' as const, reason: text }),
    ...(i === 2 && { result: 'observed' as const, observation: text }),
    ...(i === 3 && { result: 'skipped' as const, reason: text }),
  }));
  return {
    kit: { name: 'kit', version: '1' },
    contract: { version: '1.0.0', sha256: '' },
    target: { baseUrl: 'https://api.example.com', reference: false },
    startedAt: new Date(0).toISOString(),
    durationMs: 1,
    verdict: 'non-conformant',
    complete: false,
    strict: false,
    profile: 'gate',
    filter: null,
    cause: { kind: 'unreachable', message: text },
    requests: { total: 1, tokensCreated: 1 },
    counts: { passed: 1, violated: 1, warnings: 1, waived: 0, observed: 1, skipped: 1, blocked: 1 },
    requirements: judged,
  } as unknown as Conformance;
}

const attempt = (judge: () => unknown) => {
  try {
    judge();
  } catch {
    // That it ends is what counts.
  }
};

/** What meets a text of a target, outside of the search for secrets: selftest/redaction.test.ts holds that. */
const meeting: Readonly<Record<string, (text: string, size: number, part: string) => unknown>> = {
  positionsOf: (_, size, part) => [...positionsOf(...pairOf(part, size))],
  contains: (_, size, part) => contains(pairOf(part, size)[1], pairOf(part, size)[0]),
  standsAsWord: (text, size, part) => [standsAsWord(...pairOf(part, size)), standsAsWord(part, text)],
  withoutWords: (text, size, part) => [withoutWords(pairOf(part, size)[1], [pairOf(part, size)[0], part]), withoutWords(text, [text, part])],
  internalsIn: (text) => [internalsIn(text), internalsIn(JSON.stringify({ [text]: text }))],
  lookalike: (whole) => [whole.slice(0, 250_000)].map((text) => [lookalike(text), ...Object.values(nearMisses).map((make) => make(text)), unknownId(text), unknownIdBeginningLike(text)]),
  headers: (text) => [mediaType({ headers: [['Content-Type', text]] }), retryAfter(text), fitsHeader(text), isDeclaredJson(answer(200, '', [['Content-Type', text]]))],
  'a body': (text) => [isNestedTooDeep(Buffer.from(text)), wellFormedJson(answer(200, text))],
  paths: (text) => [operationAt(text), operationAt(`oauth/token/${text}`), linkText({ href: text })],
  lists: (text) => {
    const list = text.slice(0, 50_000).split('').map((character, i) => `${character}${i % 25_000}`);
    return [repeatedIn(list), ids(list.map((id) => ({ type: 'group', id, value: null })))];
  },
};

/** The same for what a document, or a result, holds. */
const meetingInside: typeof meeting = {
  schemas: (text) => exchangesOf(text).flatMap((each) => {
    const document = each.answer && wellFormedJson(each.answer)?.value;
    return document === undefined ? [] : Object.values(documented).flatMap(({ schema }) => violationsOf(schema, document));
  }),
  premises: (text) => exchangesOf(text).forEach((each) => attempt(() => [tokenOf(each), whatIsGiven(each), idsSent(each), outline(each)])),
  matchers: (text) => exchangesOf(text).forEach((each) => {
    attempt(() => expect(each).toSatisfy(documented.createToken.schema));
    attempt(() => expect(each).toBeRefused());
    attempt(() => expect(each).toHaveJsonApiMediaType());
  }),
  refusals: (text) => exchangesOf(text).flatMap((each) => [challenges(each), hidesInternals(each), isErrorDocument(each, 'ErrorDocument'), statusesAgree(each)]),
  shapes: (text) => [shapesOf(exchangesOf(text)), memberChanges(shapesOf(exchangesOf(text)), shapesOf(exchangesOf('other')))],
  reports: (text) => {
    const conformance = conformanceOf(text);
    return [summary(conformance), consoleText(conformance, { reportsDir: 'reports' }), junit(conformance), statement(conformance, ''), annotations(conformance, { GITHUB_ACTIONS: 'true' }), printable(text)];
  },
  Allure: (text) => [exchangesOf(text).map((each) => httpExchange(each, new Redactor('key'), (told) => told)), conformanceOf(text).requirements.map((each) => categoryOf(each, conformanceOf(text)))],
};

void suite('what meets a text of a target takes no more than linear time', () => {
  for (const [functions, lengths] of [[meeting, sizes], [meetingInside, sizesInside]] as const) {
    for (const [name, meet] of Object.entries(functions)) {
      void test(name, () => {
        for (const part of pumps) {
          for (const size of lengths) {
            const text = pumped(part, size);
            const start = spent();
            meet(text, size, part);
            const took = spent() - start;
            assert.ok(took < hang, `${JSON.stringify(part)}, ${size} characters: ${Math.round(took)} ms`);
          }
        }
      });
    }
  }

  void test('links of pages', async () => {
    for (const part of pumps) {
      const [, , groups] = exchangesOf(pumped(part, 250_000));
      const token = { id: 'an-id', accessToken: 'a-token', refreshToken: '', expiresIn: undefined, exchange: groups ?? assert.fail() };
      const start = spent();
      await walkGroups((request_) => Promise.resolve({ ...(groups ?? assert.fail()), request: request_, url: `https://api.example.com/${request_.path}` }), token).catch(() => undefined);
      assert.ok(spent() - start < hang, JSON.stringify(part));
    }
  });
});

test('a text is found where it stands, long or short, as the engine finds it', () => {
  const texts = ['', 'a', 'aa', 'ab', 'aba'.repeat(40), 'a'.repeat(80), `${'a'.repeat(70)}b${'a'.repeat(70)}`, 'ab'.repeat(100), `x${'ab'.repeat(100)}y`];
  for (const value of texts) {
    for (const text of [...texts, texts.join(' ')]) {
      const expected: number[] = [];
      for (let at = value === '' ? -1 : text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) expected.push(at);
      assert.deepEqual([...positionsOf(value, text)], expected, `${value} in ${text}`);
      assert.equal(contains(text, value), text.includes(value));
    }
  }
});

test('a word is one between what is neither letter nor digit of ASCII', () => {
  for (const [value, text, expected] of [
    ['ab', 'ab', true],
    ['ab', 'x (ab) y', true],
    ['ab', 'xab ab', true],
    ['ab', 'xab abx', false],
    ['ab', 'éabé', true],
    ['(a', '(a', true],
    ['a.c', 'abc', false],
    ['', 'ab', false],
    ['x'.repeat(100), `"${'x'.repeat(100)}"`, true],
    ['x'.repeat(100), 'x'.repeat(101), false],
  ] as const) {
    assert.equal(standsAsWord(value, text), expected, `${value} in ${text}`);
  }
  assert.equal(withoutWords('id ab and ab, not abc', ['ab']), 'id … and …, not abc');
  assert.equal(withoutWords('aa aa.aa', ['aa aa', 'aa']), '….…');
  assert.equal(withoutWords('an $& of $1', ['$&']), 'an … of $1');
  assert.equal(withoutWords('nothing of it', ['']), 'nothing of it');
});

/** Made of constants of the kit alone. */
const constantPatterns = ['kit/certificate/verify.ts: const known = ', 'kit/printable.ts: const unseenInBody = ', 'kit/secrets/named.ts: const name = '];

test('no regular expression is made of a text that is not a constant of the kit', () => {
  const files = ['kit', 'tests', 'contracts'].flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => join(folder, file)),
  );
  const made = files.flatMap((file) =>
    readFileSync(join(project, file), 'utf8').split('\n').filter((line) => /\bRegExp\(/.test(line)).map((line) => `${file.replaceAll('\\', '/')}: ${line.trim()}`),
  );
  assert.deepEqual(made.filter((line) => !constantPatterns.some((known) => line.startsWith(known))), []);
});
