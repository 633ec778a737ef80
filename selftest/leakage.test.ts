import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { constantFrom, integer, record, sample } from 'fast-check';
import { consoleText } from '../kit/reports/console.ts';
import { writeReports } from '../kit/reports/write.ts';
import { certify } from '../kit/certificate/certify.ts';
import { loadChecks } from '../kit/runner/checks.ts';
import { runChecksInProcess } from '../kit/runner/inProcess.ts';
import { Search } from '../kit/secrets/search.ts';
import { openSession } from '../kit/session.ts';
import { startReference } from '../reference/server.ts';
import { temporaryFolder } from './support/command.ts';
import { composedEncoder } from './support/encoders.ts';
import { forwardChanged, serve, settingsFor, type Passed } from './support/servers.ts';

/** How many secrets a target repeats, all in all. */
const examples = 2400;
const echoes = sample(
  record({
    secret: integer({ min: 0, max: 1_000_000 }),
    encoder: composedEncoder,
    place: constantFrom('a member', 'a name of a member', 'a text', 'a header', 'the name of a header', 'a cookie', 'a link', 'a media type'),
    before: constantFrom('', 'Invalid value ', 'trace=', '"', '<', ': ', '{"a":"'),
    after: constantFrom('', ' was refused', '"', '>', '&b=c', '"}'),
  }),
  { seed: 20_261_126, numRuns: examples },
);

/** What a server repeats in one answer: the echo that is next, wherever it is to stand. */
function echoInto(passed: Passed, { place, before, after }: (typeof echoes)[number], encoded: string, nth: number): void {
  const text = before + encoded + after;
  const document = documentOf(passed.body);
  const inHeader = Buffer.from(text).toString('latin1').replace(/[\0-\x1f\x7f]/g, '');
  if (place === 'a header') passed.headers.push('X-Debug', inHeader);
  else if (place === 'a cookie') passed.headers.push('Set-Cookie', `session=${inHeader}; Path=/`);
  else if (place === 'the name of a header' && /^[\w.-]+$/.test(encoded)) passed.headers.push(`X-${encoded}`, 'yes');
  else if (place === 'a media type' && /^[\w.-]+$/.test(encoded) && passed.body.length === 0) passed.headers.push('Content-Type', `text/${encoded}`);
  else if (document) {
    if (place === 'a member') document[`echo${nth}`] = text;
    else if (place === 'a name of a member') document[text] = true;
    else if (place === 'a link') document['links'] = { ...(document['links'] as object), [`about${nth}`]: `https://api.example.com/?trace=${text}` };
    else document['errors'] = Array.isArray(document['errors']) ? document['errors'].map((error: object) => ({ ...error, detail: text })) : document['errors'];
    passed.body = Buffer.from(JSON.stringify(document));
  } else passed.headers.push('X-Debug', inHeader);
}

function documentOf(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A target that keeps the contract, and repeats secrets in whatever way it likes; what it repeated, as it stood there. */
async function echoing(t: TestContext, secrets: readonly [string, string]) {
  const { baseUrl, clients, close } = await startReference({ secrets });
  t.after(close);
  const known: string[] = clients.flatMap(({ id, secret }) => [secret, Buffer.from(`${id}:${secret}`).toString('base64')]);
  const repeated: { readonly secret: string; readonly encoded: string; readonly names: string }[] = [];
  const url = await serve(t, (request, response) =>
    forwardChanged(baseUrl, request, response, (passed) => {
      for (const [, token = ''] of passed.body.toString().matchAll(/"(?:access|refresh)_token":"([^"]+)"/g)) known.push(token);
      for (const echo of echoes.slice(repeated.length, repeated.length + 4)) {
        const secret = known[echo.secret % known.length] ?? '';
        const encoded = echo.encoder.encode(secret);
        repeated.push({ secret, encoded, names: `${echo.encoder.names}, in ${echo.place}` });
        echoInto(passed, echo, encoded, repeated.length);
      }
    }),
  );
  return { url, clients, known, repeated };
}

/** All texts in a file: as it is, the strings of JSON in it, and the files that a page of Allure holds in base64. */
function textsIn(content: string): readonly string[] {
  const inBase64 = [...content.matchAll(/[A-Za-z0-9+/]{64,}={0,2}/g)].map(([run]) => Buffer.from(run, 'base64').toString());
  return [content, ...stringsIn(content), ...inBase64.flatMap((text) => [text, ...stringsIn(text)])];
}

function stringsIn(json: string): readonly string[] {
  const strings: string[] = [];
  try {
    JSON.parse(json, (name, value: unknown) => {
      strings.push(name, ...(typeof value === 'string' ? [value] : []));
      return value;
    });
  } catch {
    // What is no JSON is looked at as it is.
  }
  return strings;
}

function filesBelow(path: string): readonly string[] {
  return statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesBelow(join(path, name))) : [path];
}

for (const [kind, secrets] of [
  ['tokens', ['kD3vP9xQ7mZ2rT8wL5nB1cY6hJ4gF0sA', 'Wq8Rt2Yu6Io0Pa4Sd9Fg3Hj7Kl1Zx5Cv']],
  ['whatever a secret may hold', ['p%41"w\\n$é/~0 &amp; 😀 tail\'s', '100%-sure/\\u0041?<b>=`x` #1 [y]']],
] as const) {
  test(`no secret reaches a report or the console, in whatever way a target repeats it: ${kind}`, async (t) => {
    const { url, clients, known, repeated } = await echoing(t, secrets);
    const [client, otherClient] = clients;
    const reportsDir = temporaryFolder(t);
    const session = await openSession(settingsFor(url, { client, otherClient, reportsDir, profile: 'certification' }), false);
    await session.begin();
    await runChecksInProcess(session.run, await loadChecks());
    const conformance = await session.end();
    const { exposures } = await writeReports(conformance, session.run);
    const certification = await certify(conformance, session.run);
    assert.deepEqual([...exposures, ...certification.exposures], [], 'what is hidden needs not be withheld');
    assert.ok(repeated.length >= 2000, `${repeated.length} secrets were repeated`);

    const search = new Search();
    for (const secret of known) search.add(secret.toLowerCase(), 'a secret as it is');
    for (const { secret, encoded, names } of repeated) if (encoded.toLowerCase() !== secret.toLowerCase()) search.add(encoded, names);
    const written = filesBelow(reportsDir).map((file) => [file, readFileSync(file, 'utf8')] as const);
    assert.ok(written.some(([file]) => file.endsWith('index.html')) && written.length > 500, `${written.length} files`);
    for (const [file, content] of [...written, ['the console', consoleText(conformance, { reportsDir })] as const]) {
      for (const text of textsIn(content)) {
        const match = search.first(text) ?? search.first(text.toLowerCase());
        assert.equal(match && `${match.meaning}: ${text.slice(Math.max(0, match.index - 60), match.index + 120)}`, undefined, file);
      }
    }
  });
}
