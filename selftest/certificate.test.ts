import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readArchive, type Files } from '../kit/certificate/archive.ts';
import { attestBytes, type Statement } from '../kit/certificate/attestation.ts';
import { bundleOf, describing, digestOf, names, type RecordedRun } from '../kit/certificate/bundle.ts';
import { certify } from '../kit/certificate/certify.ts';
import { fingerprintOf } from '../kit/certificate/keys.ts';
import { missingFor } from '../kit/certificate/missing.ts';
import { verifyFiles } from '../kit/certificate/verify.ts';
import type { Exchange } from '../kit/target/exchange.ts';
import type { Conformance } from '../kit/reports/conformance.ts';
import { clearReports, jsonOf } from '../kit/reports/folder.ts';
import { statement } from '../kit/reports/statement.ts';
import { startReference, type Reference } from '../reference/server.ts';
import { shown } from './support/exchanges.ts';
import { changed, judgedForCertificate, keyPair, resigned } from './support/certificates.ts';
import { command, conformanceIn, run, temporaryFolder } from './support/command.ts';
import { reference as referenceFor } from './support/targets.ts';

const programme = keyPair();
const partner = keyPair();
const folder = mkdtempSync(join(tmpdir(), 'oauth-conformance-kit-selftest-'));
let reference: Reference;
let files: Files;

before(async () => {
  reference = await startReference();
  writeFileSync(join(folder, 'programme.key.pem'), programme.pem);
  const judged = await judgedForCertificate(reference, '', { signingKeyFile: join(folder, 'programme.key.pem') });
  files = bundleOf(judged.conformance, judged.run, missingFor(judged.conformance));
});
after(async () => {
  rmSync(folder, { recursive: true });
  await reference.close();
});

const verified = (bundle: Files, more: object = {}) => verifyFiles(bundle, { key: programme.publicKey, ...more });
const textOf = (bundle: Files, name: string) => bundle.get(name)?.toString() ?? assert.fail(`${name} is missing`);

/** A file with the values of some of its members changed. */
function edited<T>(bundle: Files, name: string, edit: (value: T) => T): string {
  return `${JSON.stringify(edit(JSON.parse(textOf(bundle, name)) as T), null, 2)}\n`;
}

test('a certificate is made of a conforming run, and verifies', async (t) => {
  const { env, reportsDir } = await referenceFor(t);
  const keys = join(temporaryFolder(t), 'programme');
  const made = await run([...command('keygen'), keys], {});
  assert.deepEqual([made.exitCode, statSync(`${keys}.key.pem`).mode & 0o777], [0, 0o600]);
  assert.match(made.stdout, /programme\.key\.pem: the private key\. Only the programme holds it[^]*It is not encrypted: [^]*programme\.pub\.pem: the public key\./);
  const { exitCode, stdout } = await run(command('certify'), {
    ...env,
    OAUTH_SIGNING_KEY_FILE: `${keys}.key.pem`,
    OAUTH_CERTIFICATE_CHALLENGE: 'challenge-of-the-day',
  });
  assert.equal(exitCode, 0, stdout);
  const date = conformanceIn(reportsDir).startedAt.slice(0, 10);
  const name = `certificate-${new URL(env.OAUTH_BASE_URL).host.replace(':', '-')}-${date}.tgz`;
  assert.ok(stdout.includes(`Certificate: ${join(reportsDir, name)}\n`));
  const file = join(reportsDir, name);
  const verify = async (...args: readonly string[]) => {
    const ended = await run([...command('verify'), file, ...args], {});
    return { exitCode: ended.exitCode, stdout: ended.stdout.replace(file, 'FILE') };
  };

  const good = await verify('--key', `${keys}.pub.pem`, '--challenge', 'challenge-of-the-day', '--max-age', '1h');
  assert.equal(good.exitCode, 0, good.stdout);
  assert.match(good.stdout, /^FILE\n {2}signed with this key \([0-9a-f]{64}\), and all \d+ files[^]* {2}judged again from the record: all 136 requirements came to the same\n[^]* {2}verdict: conformant in what was asked \(2 MUST skipped: [^\n]*\nverified\n$/);
  const bad = await verify('--key', `${keys}.pub.pem`, '--challenge', 'of-another-day');
  assert.equal(bad.exitCode, 1);
  assert.match(bad.stdout, /NOT VERIFIED: the challenge that was signed is challenge-of-the-day, not of-another-day\nnot verified\n$/);

  const text = [...(await readArchive(file)).values()].map((content) => content.toString('latin1')).join('\n');
  for (const [variable, secret] of Object.entries(env)) if (variable.endsWith('SECRET')) assert.ok(!text.includes(secret), variable);
  const replayed = temporaryFolder(t);
  const replay = await run([...command('replay'), file], { OAUTH_REPORTS_DIR: replayed });
  assert.equal(replay.exitCode, 0, replay.stderr);
  assert.match(replay.stdout, /^This is what \S+ says of a run at \S+; it was not verified\.$/m);
  assert.deepEqual(readdirSync(replayed).toSorted(), readdirSync(reportsDir).filter((each) => !each.endsWith('.tgz')).toSorted());
  assert.equal(readFileSync(join(replayed, 'conformance.json'), 'utf8'), readFileSync(join(reportsDir, 'conformance.json'), 'utf8'));
});

test('what was signed verifies, with a key of either kind', async () => {
  assert.deepEqual((await verified(files)).problems, []);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  assert.deepEqual((await verified(resigned(files, privateKey), { key: publicKey })).problems, []);
});

test('every file, changed, removed or added, is caught and named', async () => {
  for (const [name, content] of files) {
    const flipped = Buffer.from(content);
    const at = Math.floor(flipped.length / 2);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    const [altered, removed] = await Promise.all([
      verified(new Map(files).set(name, flipped)),
      verified(changed(files, { [name]: undefined })),
    ]);
    assert.equal(altered.problems.length, 1, name);
    assert.ok(altered.problems[0]?.startsWith(name), `${name}: ${altered.problems[0]}`);
    assert.ok(removed.problems.some((problem) => problem.includes(name)), `${name}: ${removed.problems[0]}`);
  }
  const { problems } = await verified(changed(files, { 'exchanges/99999.json': '{}' }));
  assert.deepEqual(problems, ['exchanges/99999.json has been added since it was signed']);
});

test('an attestation is read in the one way in which it is written', async () => {
  const text = textOf(files, names.attestation);
  const bundle = JSON.parse(text) as { dsseEnvelope: { payload: string; signatures: { sig: string; keyid: string }[] } };
  const written = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  const { dsseEnvelope } = bundle;
  const [signature] = dsseEnvelope.signatures;
  const others: Readonly<Record<string, string>> = {
    'a member that was added': written({ ...bundle, note: 'certified secure' }),
    'a member of the envelope that was added': written({ ...bundle, dsseEnvelope: { ...dsseEnvelope, note: 'x' } }),
    'a member of the signature that was added': written({ ...bundle, dsseEnvelope: { ...dsseEnvelope, signatures: [{ ...signature, note: 'x' }] } }),
    'a member twice, the false one first': text.replace('"payload":', '"payload": "e30=",\n    "payload":'),
    'a member twice': text.replace('"mediaType":', '"mediaType": "x",\n  "mediaType":'),
    'an envelope twice': text.replace('"dsseEnvelope":', '"dsseEnvelope": {},\n  "dsseEnvelope":'),
    'a second signature': written({ ...bundle, dsseEnvelope: { ...dsseEnvelope, signatures: [signature, signature] } }),
    'other white space': JSON.stringify(bundle),
    'a line end less': text.trimEnd(),
    'a byte order mark': `\ufeff${text}`,
    'an escape': text.replace('"mediaType"', '"mediaTyp\\u0065"'),
    'base64 of other letters': text.replace(/"sig": "([^"]*)"/, (_, sig: string) => `"sig": "${sig.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}"`),
    'another key id': written({ ...bundle, dsseEnvelope: { ...dsseEnvelope, signatures: [{ ...signature, keyid: 'x' }] } }),
    'the members in another order': written(Object.fromEntries(Object.entries(bundle).toReversed())),
  };
  for (const [name, changedText] of Object.entries(others)) {
    const { problems } = await verified(changed(files, { [names.attestation]: changedText }));
    assert.equal(problems.length, 1, name);
    assert.match(problems[0] ?? '', /^attestation\.json: (it is not written as this kit writes it|it is no bundle of a DSSE envelope|the signature is not by this key)/, name);
  }
});

test('a statement that says a thing twice, or more than there is to say, is refused even with a good signature', async () => {
  const { dsseEnvelope } = JSON.parse(textOf(files, names.attestation)) as { dsseEnvelope: { payload: string } };
  const payload = Buffer.from(dsseEnvelope.payload, 'base64').toString();
  const statementOf = JSON.parse(payload) as Statement;
  const signedAs = (text: string) => changed(files, { [names.attestation]: attestBytes(Buffer.from(text), programme.privateKey) });
  for (const [name, text, says] of [
    ['a result twice', payload.replace('"result":', '"result":"WARNED","result":'), /what was signed is not written as this kit writes it/],
    ['white space', JSON.stringify(statementOf, null, 1), /what was signed is not written as this kit writes it/],
    ['a member more', JSON.stringify({ ...statementOf, note: 'certified secure' }), /^what was signed is not what conformance\.json says$/],
    ['a digest more', JSON.stringify({ ...statementOf, subject: statementOf.subject.map((each) => ({ ...each, digest: { ...each.digest, md5: 'x' } })) }), /^what was signed is not what conformance\.json says$/],
    ['a file twice', JSON.stringify({ ...statementOf, subject: [...statementOf.subject, ...statementOf.subject.slice(0, 1)] }), /^what was signed is not what conformance\.json says$/],
  ] as const) {
    const { problems } = await verified(signedAs(text));
    assert.ok(problems.some((problem) => says.test(problem)), `${name}: ${problems.join('\n')}`);
  }
});

test('the other files are bound by the digests of their bytes, white space and doubled members included', async () => {
  for (const name of [names.conformance, names.run, 'exchanges/00001.json', 'contract/requirements.json']) {
    const text = textOf(files, name);
    for (const other of [`${text} `, text.replace(/^\{/, '{"schemaVersion":2,'), JSON.stringify(JSON.parse(text))].filter((each) => each !== text)) {
      assert.deepEqual((await verified(changed(files, { [name]: other }))).problems, [`${name} has been changed since it was signed`]);
    }
  }
});

const first = 'exchanges/00001.json';
const second = 'exchanges/00002.json';

test('two exchanges that changed places are both named', async () => {
  const { problems } = await verified(changed(files, { [first]: textOf(files, second), [second]: textOf(files, first) }));
  assert.deepEqual(problems, [`${first} has been changed since it was signed`, `${second} has been changed since it was signed`]);
});

test('a bundle that the partner has signed again fails against the key of the programme', async () => {
  const { problems } = await verified(resigned(files, partner.privateKey));
  assert.deepEqual(problems, [`${names.attestation}: the signature is not by this key (${fingerprintOf(programme.publicKey)}), or what was signed has been changed`]);
});

test('a bundle without a signature says so', async () => {
  const { problems } = await verified(changed(files, { [names.attestation]: undefined }));
  assert.deepEqual(problems, [`it is not signed: ${names.attestation} is missing`]);
});

test('whoever can sign is caught by the judging of the record, requirement by requirement', async () => {
  const exchanges = [...files.keys()].filter((name) => name.startsWith('exchanges/'));
  const holding = (pattern: RegExp) => exchanges.find((name) => pattern.test(textOf(files, name))) ?? assert.fail();
  const refusal = holding(/"CT-201"[^]*"status": 403/);
  const grant = holding(/"CT-104"[^]*"status": 201/);
  const [refused, granted] = [refusal, grant].map((name) => JSON.parse(textOf(files, name)) as { answer: object });
  const forgeries: Readonly<Record<string, [Readonly<Record<string, string | undefined>>, RegExp]>> = {
    'an exchange that was dropped': [{ [refusal]: undefined }, /^CT-201 was told to have passed, and judged again is blocked: .*the record has no such exchange/],
    'answers that changed places': [
      {
        [refusal]: JSON.stringify({ ...refused, answer: granted?.answer }),
        [grant]: JSON.stringify({ ...granted, answer: refused?.answer }),
      },
      /^CT-201 was told to have passed, and judged again is violated: in the case ".*" expected was status 403/,
    ],
    'a malformed exchange': [{ [refusal]: '{}' }, /^exchanges\/\d+\.json is malformed: at "" it must have required property/],
    'a statement of other things': [{ [names.statement]: '<p>conformant</p>' }, /^statement\.html does not say what conformance\.json and this kit say$/],
  };
  for (const [name, [changes, says]] of Object.entries(forgeries)) {
    const { problems } = await verified(resigned(changed(files, changes), programme.privateKey));
    assert.ok(problems.some((problem) => says.test(problem)), `${name}: ${problems.join('\n')}`);
  }
});

test('a faulty run with its results edited to pass, and signed again, is caught by judging the record', async () => {
  for (const [fault, id] of [['every-wrong-content-type-as-415', 'CT-202'], ['groups-of-any-organization', 'TG-301'], ['request-in-the-meta-of-a-refusal', 'X-105']] as const) {
    const { conformance, run: faulty } = await judgedForCertificate(reference, `/fault/${fault}`);
    assert.ok(missingFor(conformance).length > 0, fault);
    const bundle = bundleOf(conformance, faulty, []);
    const result = edited<Conformance>(bundle, names.conformance, (found) => ({
      ...found,
      verdict: 'conformant',
      counts: { ...found.counts, violated: 0, blocked: 0 },
      requirements: found.requirements.map((each) => {
        if (each.result !== 'violated' && each.result !== 'blocked') return each;
        const { reason: _, ...rest } = each;
        return { ...rest, result: 'passed' as const, findings: [] };
      }),
    }));
    const page = statement(JSON.parse(result) as Conformance, digestOf(Buffer.from(result)));
    const { problems } = await verified(resigned(changed(bundle, { [names.conformance]: result, [names.statement]: page }), programme.privateKey));
    assert.ok(problems.some((problem) => problem.startsWith(`${id} was told to have passed, and judged again is violated`)), `${fault}: ${problems.join('\n')}`);
  }
});

/** A bundle as somebody would forge it who can sign: all that follows from what was edited is made to fit. */
function forged(bundle: Files, edits: { readonly result?: (result: Conformance) => Conformance; readonly run?: (recorded: RecordedRun) => object; readonly each?: (exchange: Exchange, name: string) => object | undefined }): Files {
  const result = (edits.result ?? ((same) => same))(JSON.parse(textOf(bundle, names.conformance)) as Conformance);
  const recorded = (edits.run ?? ((same) => same))(JSON.parse(textOf(bundle, names.run)) as RecordedRun);
  const exchanges = [...bundle].flatMap(([name, content]) => {
    if (!name.startsWith('exchanges/')) return [];
    const exchange = (edits.each ?? ((same) => same))(JSON.parse(content.toString()) as Exchange, name);
    return exchange ? [[name, Buffer.from(JSON.stringify(exchange))] as const] : [];
  });
  const copy = new Map([...describing(result, null), ...exchanges]);
  copy.set(names.conformance, Buffer.from(jsonOf(result)));
  copy.set(names.run, Buffer.from(jsonOf(recorded)));
  return resigned(copy, programme.privateKey);
}

const hour = 3_600_000;
const shifted = (at: string, by: number) => new Date(Date.parse(at) + by).toISOString();

test('whatever is told otherwise than it was found is caught, even where all else was made to fit and signed', async () => {
  const { conformance, run: faulty } = await judgedForCertificate(reference, '/fault/every-wrong-content-type-as-415');
  const bad = bundleOf(conformance, faulty, []);
  assert.deepEqual((await verified(forged(files, {}))).problems, []);
  const tokenAt = (exchange: Exchange) => exchange.answer?.status === 403 && exchange.sentBy.requirement === 'CT-202';
  const forgeries: Readonly<Record<string, readonly [Files, RegExp]>> = {
    'rows that were left out': [
      forged(bad, { result: (result) => ({ ...result, verdict: 'conformant', requirements: result.requirements.filter((each) => each.result !== 'violated') }) }),
      /^CT-201 is not in the result$/,
    ],
    'a MUST that was made a SHOULD': [
      forged(bad, { result: (result) => ({ ...result, verdict: 'conformant', requirements: result.requirements.map((each) => (each.result === 'violated' ? { ...each, level: 'SHOULD' } : each)) }) }),
      /^CT-201 is told in other words than judged again: /,
    ],
    'another target': [
      forged(files, { result: (result) => ({ ...result, target: { ...result.target, baseUrl: shown('https://api.bank.example') } }) }),
      /^run\.json tells of http:\/\/127\.0\.0\.1:\d+, and conformance\.json of https:\/\/api\.bank\.example$/,
    ],
    'another time': [forged(files, { result: (result) => ({ ...result, startedAt: shifted(result.startedAt, hour) }) }), /^exchange \d+ was at \S+, outside of the run$/],
    'a client that was left out': [
      forged(files, {
        run: ({ otherClient: _, ...recorded }) => recorded,
        result: (result) => ({ ...result, requirements: result.requirements.map((each) => (/-(301|305|604)$/.test(each.id) ? { ...each, result: 'skipped' as const, reason: shown('no second client') } : each)) }),
      }),
      /^run\.json tells of no second client$/,
    ],
    'an answer that was put after all that judges it': [
      forged(files, { each: (exchange) => (tokenAt(exchange) ? { ...exchange, answer: { ...exchange.answer, status: 500 }, startedAt: shifted(exchange.startedAt, 50_000) } : exchange) }),
      /^(X-101 was told|CT-202 was told|exchange \d+ claims a time)/,
    ],
    'counts of something else': [forged(files, { result: (result) => ({ ...result, counts: { ...result.counts, passed: 999 } }) }), /^the counts: told \{.*\}, judged again \{/],
    'an explanation of the kit\'s own making': [resigned(changed(files, { [names.readme]: '# Certified secure, fast and available' }), programme.privateKey), /^README\.md does not say what/],
    'a contract that asks for less': [resigned(changed(files, { 'contract/requirements.json': '[]' }), programme.privateKey), /^contract\/requirements\.json does not say what/],
    'a file that has no place in it': [resigned(changed(files, { 'AUDIT.md': 'passed' }), programme.privateKey), /^AUDIT\.md has no place in a bundle$/],
  };
  for (const [name, [bundle, says]] of Object.entries(forgeries)) {
    const { problems } = await verified(bundle);
    assert.ok(problems.some((problem) => says.test(problem)), `${name}: ${problems.join('\n')}`);
  }
});

test('a later run leaves a certificate where it is, and another one gets a name of its own', async (t) => {
  const reportsDir = temporaryFolder(t);
  const { conformance, run: judged } = await judgedForCertificate(reference, '', { reportsDir });
  const [one, two] = [await certify(conformance, judged), await certify(conformance, judged)];
  await clearReports(reportsDir);
  assert.notEqual(one.file, two.file);
  assert.deepEqual(readdirSync(reportsDir).length, 2);
});

test('none of ten faults gives a certificate, and each leaves the record of its run', async (t) => {
  const faults = [
    'every-wrong-content-type-as-415', 'json-sniffed-under-text-plain', 'secret-compared-by-length', 'access-token-refreshes', 'groups-of-any-organization',
    'groups-without-names', 'foreign-refresh-token-granted', 'each-fifth-request-crashes', 'nested-refresh-as-200', 'tokens-lost-while-clients-meet',
  ];
  const reportsDir = temporaryFolder(t);
  for (const fault of faults) {
    const { conformance, run: faulty } = await judgedForCertificate(reference, `/fault/${fault}`, { reportsDir });
    const { file, missing, exposures } = await certify(conformance, faulty);
    assert.match(missing[0] ?? '', /^the verdict is non-conformant: /, fault);
    assert.deepEqual([/\/record-127\.0\.0\.1-\d+-[\d-]+\.tgz$/.test(file), exposures], [true, []], file);
    const record = await readArchive(file);
    assert.match(textOf(record, names.readme), /^# Record of a run that gave no certificate$/m);
    assert.match(textOf(record, names.statement), /<strong>unsigned<\/strong>/);
    assert.deepEqual((await verified(record)).problems, ['it is the record of a run that gave no certificate']);
  }
  assert.deepEqual(readdirSync(reportsDir).filter((name) => !name.startsWith('record-')), []);
});

test('freshness is judged by the time that was signed', async () => {
  const { startedAt } = JSON.parse(textOf(files, names.conformance)) as Conformance;
  const at = (minutes: number) => new Date(Date.parse(startedAt) + minutes * 60_000);
  const problemsAt = async (now: Date) => (await verifyFiles(files, { key: programme.publicKey, maxAge: 600_000 }, now)).problems;
  assert.deepEqual(await problemsAt(at(9)), []);
  assert.match((await problemsAt(at(11))).join(), /^the target was judged at \S+, which is too long ago$/);
  assert.match((await problemsAt(at(-2))).join(), /^the target was judged at \S+, which is still to come$/);
});

test('a certificate of another contract says so, and which version of the kit verifies it', async () => {
  const other = edited<Conformance>(files, names.conformance, (result) => ({ ...result, contract: { version: '0.9.0', sha256: 'f'.repeat(64) } }));
  const { problems } = await verified(resigned(changed(files, { [names.conformance]: other }), programme.privateKey));
  assert.ok(problems.some((problem) => /^it was judged against version 0\.9\.0 of the contract \(f+\), and this kit judges against version [\d.]+ \([0-9a-f]{64}\): verify it with version [\d.]+ of the kit$/.test(problem)), problems.join('\n'));
});

test('a run that is a part, or was waived, blocked or inconsistent, is good for no certificate', async () => {
  const { conformance } = await judgedForCertificate(reference, '');
  const [some] = conformance.requirements;
  assert.ok(some);
  const having = (change: object): Conformance => ({ ...conformance, requirements: [{ ...some, ...change }, ...conformance.requirements.slice(1)] });
  const finding = { case: 'nested', expected: 'a', actual: 'b', exchange: 'c' };
  const terms = { reason: 'r', owner: 'o', ticket: 't', expires: '2999-12-31' };
  assert.deepEqual(missingFor(conformance), []);
  assert.deepEqual(missingFor({ ...conformance, filter: shown('--grep CT') }), ['only a part was asked for: --grep CT']);
  assert.deepEqual(missingFor({ ...conformance, profile: 'gate' }), ['the run was of the profile gate']);
  assert.deepEqual(missingFor({ ...conformance, target: { ...conformance.target, reference: true } }), ["the target was the kit's own reference server"]);
  assert.deepEqual(missingFor(having({ result: 'violated', findings: [finding], waiver: terms })), [`the violation of ${some.id} is waived`]);
  assert.deepEqual(missingFor(having({ result: 'blocked', reason: 'for a reason' })), [`${some.id} could not be judged: for a reason`]);
  const blocked = { ...conformance, requirements: conformance.requirements.slice(0, 2).map((each) => ({ ...each, result: 'blocked' as const, reason: shown('it is down') })) };
  assert.deepEqual(missingFor(blocked), [`${blocked.requirements.map(({ id }) => id).join(', ')} could not be judged: it is down`]);
  const down = { ...blocked, verdict: 'inconclusive', cause: { kind: 'unreachable', message: shown('it is down') } } as const;
  assert.deepEqual(missingFor(down), ['the verdict is inconclusive: it is down']);
  assert.equal(missingFor({ ...down, verdict: 'non-conformant' }).length, 2);
  assert.deepEqual(missingFor(having({ level: 'SHOULD', result: 'violated', findings: [{ ...finding, inconsistent: true }] })), [
    `the target is inconsistent in ${some.id}: the same request was answered in two ways`,
  ]);
});

test('wrong usage of the commands exits with 2, and says what they take', async (t) => {
  const dir = temporaryFolder(t);
  const file = join(dir, 'no-bundle.tgz');
  const keys = join(dir, 'keys');
  writeFileSync(file, 'no archive');
  await run([...command('keygen'), keys], {});
  for (const [args, exitCode, says] of [
    [[...command('verify'), file], 2, /^error: required option '--key <file>' not specified$/m],
    [[...command('verify'), '--key', `${keys}.pub.pem`], 2, /^error: missing required argument 'file'$/m],
    [[...command('verify'), file, '--key', `${keys}.key.pem`], 2, /^--key names a private key: it takes a public key in PEM/],
    [[...command('verify'), file, '--key', file], 2, /^--key names a file that holds no such key: /],
    [[...command('verify'), file, '--key', `${keys}.pub.pem`, '--max-age', '30'], 2, /option '--max-age <age>' argument '30' is invalid\. It takes a number of minutes, hours or days/],
    [[...command('verify'), file, '--key', `${keys}.pub.pem`], 1, /^ {2}NOT VERIFIED: it is not gzipped, or damaged$/m],
    [[...command('replay')], 2, /^error: missing required argument 'file'$/m],
    [[...command('replay'), file], 2, /: it is not gzipped, or damaged\n$/],
    [[...command('keygen'), keys], 2, /EEXIST/],
    [[...command('certify'), '--grep', 'CT-101'], 2, /^error: unknown option '--grep'$/m],
    [[...command('run'), '--profile', 'certification', '--grep', 'CT-101'], 2, /is not taken: a certificate is of all requirements/],
  ] as const) {
    const ended = await run(args, {});
    assert.equal(ended.exitCode, exitCode, `${args.join(' ')}: ${ended.stderr}`);
    assert.match(ended.stderr + ended.stdout, says);
    assert.doesNotMatch(ended.stderr + ended.stdout, /BEGIN|at .*\.ts:/);
  }
});
