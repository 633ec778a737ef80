import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { judge } from '../kit/judgeTarget.ts';
import { readSettings } from '../kit/settings/settings.ts';
import { readWaivers, reviewOf, inForce } from '../kit/settings/waivers.ts';
import { command, conformanceIn, run, temporaryFolder } from './support/command.ts';
import { reference } from './support/targets.ts';
import { assertConformance } from './support/validate.ts';

const terms = { reason: 'The gateway answers 415', owner: 'api-team', ticket: 'API-12' };
const waiver = (requirement: string, expires = '2999-12-31') => ({ requirement, ...terms, expires });

function fileOf(t: TestContext, content: unknown): string {
  const file = join(temporaryFolder(t), 'waivers.yaml');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('a file of waivers is YAML, in which a date is a date', async (t) => {
  const file = fileOf(t, '- requirement: CT-202\n  reason: The gateway answers 415\n  owner: api-team\n  ticket: API-12\n  expires: 2999-12-31\n');
  assert.deepEqual(await readWaivers(file), { waivers: [waiver('CT-202')], problems: [] });
  for (const none of ['[]', '', '# all were taken out\n']) assert.deepEqual(await readWaivers(fileOf(t, none)), { waivers: [], problems: [] });
});

test('what is wrong with a file is told, with what it takes', async (t) => {
  for (const [content, says] of [
    ['- requirement: [CT-202', /^OAUTH_WAIVERS_FILE is not YAML \(/],
    ['requirement: CT-202', /^OAUTH_WAIVERS_FILE is malformed \(at "" it must be array\): it takes a YAML list/],
    [[{ ...waiver('CT-202'), owner: '' }], /malformed \(at "\/0\/owner" it must NOT have fewer than 1 characters\)/],
    [[{ ...waiver('CT-202'), until: 'x' }], /malformed \(at "\/0" it must NOT have additional properties\)/],
    [[{ requirement: 'CT-202', ...terms }], /malformed \(at "\/0" it must have required property 'expires'\)/],
    [[waiver('CT-202', '2999-02-30')], /malformed \(at "\/0\/expires" it must match format "date"\)/],
    [[waiver('CT-999')], /^OAUTH_WAIVERS_FILE waives "CT-999", which is not the id of a requirement$/],
    [[waiver('CT-202'), waiver('CT-202')], /^OAUTH_WAIVERS_FILE waives CT-202 more than once: it takes one waiver for each$/],
  ] as const) {
    const { problems } = await readWaivers(fileOf(t, content));
    assert.equal(problems.length, 1, JSON.stringify(content));
    assert.match(problems[0] ?? '', says);
  }
  assert.match((await readWaivers('/no/such.yaml')).problems[0] ?? '', /^OAUTH_WAIVERS_FILE names a file that cannot be read \(ENOENT\): it takes/);
});

test('a waiver counts until the end of its last day, in UTC, and is told of when it has expired', () => {
  const waivers = { waivers: [waiver('CT-202', '2027-01-31')], problems: [] };
  assert.deepEqual([...inForce(waivers, new Date('2027-01-31T23:59:59.999Z')).keys()], ['CT-202']);
  const later = new Date('2027-02-01T00:00:00.000Z');
  assert.deepEqual([...inForce(waivers, later).keys()], []);
  const { notes } = reviewOf(waivers, [], later);
  assert.deepEqual(notes, ['the waiver of CT-202 has expired on 2027-01-31, and counts no more (api-team, API-12)']);
});

/** Judges a server with a fault: its findings are CT-201 and CT-202. */
async function judged(t: TestContext, waivers: unknown) {
  const { env, reportsDir } = await reference(t);
  const { exitCode, stdout, stderr } = await run([...command('run'), '--grep', 'CT-20'], {
    ...env,
    OAUTH_BASE_URL: `${env.OAUTH_BASE_URL}/fault/every-wrong-content-type-as-415`,
    OAUTH_WAIVERS_FILE: fileOf(t, waivers),
  });
  const conformance = conformanceIn(reportsDir);
  assertConformance(conformance);
  const told = conformance.requirements.filter(({ waiver: given }) => given).map(({ id }) => id);
  return { exitCode, stdout, stderr: stderr.replace(/^\[\d+ s\][^\n]*\n/gm, ''), conformance, told };
}

test('violations that are waived do not fail the gate, and are told with their reason', async (t) => {
  const { exitCode, stdout, stderr, conformance, told } = await judged(t, [waiver('CT-201'), waiver('CT-202')]);
  assert.deepEqual([exitCode, stderr, conformance.verdict, told], [0, '', 'conformant', ['CT-201', 'CT-202']]);
  assert.deepEqual([conformance.counts.violated, conformance.counts.waived], [0, 2]);
  assert.match(stdout, /^Waived\n {2}CT-201 CT-202: The gateway answers 415 \(api-team, API-12, until 2999-12-31\)$/m);
  assert.match(stdout, /^Verdict: {2}conformant in what was asked, but for 2 waived \(/m);
});

test('one that has expired counts as none', async (t) => {
  const { exitCode, stdout, conformance, told } = await judged(t, [waiver('CT-201'), waiver('CT-202', '2026-01-01')]);
  assert.deepEqual([exitCode, conformance.verdict, told, conformance.counts.violated], [1, 'non-conformant', ['CT-201'], 1]);
  assert.match(stdout, /^note: the waiver of CT-202 has expired on 2026-01-01/m);
});

test('as a library, the kit takes the same waivers, and says what is wrong with them', async (t) => {
  const { env } = await reference(t);
  const settingsWith = (waivers: unknown) =>
    readSettings({ ...env, OAUTH_BASE_URL: `${env.OAUTH_BASE_URL}/fault/every-wrong-content-type-as-415`, OAUTH_WAIVERS_FILE: fileOf(t, waivers) });
  const { verdict, counts } = await judge(settingsWith([waiver('CT-201'), waiver('CT-202')]));
  assert.deepEqual([verdict, counts.waived], ['conformant', 2]);
  assert.equal((await judge(settingsWith('# none is left\n'))).counts.violated, 2);
  await assert.rejects(judge(settingsWith('- CT-201')), { name: 'SettingsError', message: /^OAUTH_WAIVERS_FILE is malformed/ });
});

test('one for what passes, or a malformed file, exits with 2, and the verdict is reported', async (t) => {
  const needless = await judged(t, [waiver('CT-201'), waiver('CT-202'), waiver('CT-204')]);
  assert.deepEqual([needless.exitCode, needless.conformance.verdict], [2, 'conformant']);
  assert.equal(needless.stderr, 'OAUTH_WAIVERS_FILE waives CT-204, which passes: take its waiver out\n');
  const malformed = await judged(t, '- CT-201');
  assert.deepEqual([malformed.exitCode, malformed.conformance.verdict, malformed.told], [2, 'non-conformant', []]);
  assert.match(malformed.stderr, /^OAUTH_WAIVERS_FILE is malformed \(at "\/0" it must be object\)/);
});
