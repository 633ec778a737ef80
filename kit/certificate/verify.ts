import type { KeyObject } from 'node:crypto';
import { canonicalJson, contractDigest, contractVersion } from '../../contracts/version.ts';
import { requirements } from '../../contracts/requirements/index.ts';
import { endOf } from '../target/exchange.ts';
import { conformanceOf, type Conformance } from '../reports/conformance.ts';
import { conformanceFrom } from '../reports/read.ts';
import type { Settings } from '../settings/settings.ts';
import { verdictLine, type JudgedRequirement } from '../judging/verdict.ts';
import { readArchive, type Files } from './archive.ts';
import { attested, statementOn, type Statement } from './attestation.ts';
import { describing, digestsOf, names, recordingIn } from './bundle.ts';
import { fingerprintOf } from './keys.ts';
import { missingFor } from './missing.ts';
import type { Recording } from './recording.ts';
import { rejudge } from './rejudge.ts';

/** What is expected of a certificate. */
export interface Expected {
  /** The public key of who is to have signed. */
  readonly key: KeyObject;
  readonly challenge?: string | undefined;
  /** In milliseconds. */
  readonly maxAge?: number | undefined;
}

/** What came of looking at a certificate: it holds where there is no problem. */
export interface Verification {
  readonly problems: readonly string[];
  /** What was found to hold. */
  readonly held: readonly string[];
}

/** Verifies a bundle, offline: its signature, its digests, that it is complete, and by judging its record again. Never throws. */
export async function verify(file: string, expected: Expected): Promise<Verification> {
  try {
    return await verifyFiles(await readArchive(file), expected);
  } catch (error) {
    return { problems: [(error as Error).message], held: [] };
  }
}

/** The same for the files of a bundle. Never throws. */
export async function verifyFiles(files: Files, expected: Expected, now = new Date()): Promise<Verification> {
  const problems: string[] = [];
  const held: string[] = [];
  try {
    const statement = signedIn(files, expected.key);
    problems.push(...changedFiles(files, statement));
    if (problems.length > 0) return { problems, held };
    held.push(`signed with this key (${fingerprintOf(expected.key)}), and all ${files.size - 1} files are as they were signed`);
    const conformance = conformanceFrom(text(files, names.conformance), names.conformance);
    const recording = recordingIn(files);
    problems.push(...disagreements(files, recording, conformance, statement), ...freshness(statement, expected, now));
    const { predicate } = statement;
    held.push(`target ${predicate.url}, judged at ${predicate.startedAt}, ${predicate.challenge === null ? 'without a challenge' : `challenge ${predicate.challenge}`}`);
    problems.push(...(await judgedAgain(recording, conformance)));
    if (problems.length === 0) {
      held.push(`judged again from the record: all ${conformance.requirements.length} requirements came to the same`);
      held.push('attested by who signed, not judged again: that the target gave these answers at these times, and that pseudonyms stand for the secrets which were sent');
      held.push(`verdict: ${verdictLine(conformance)}`);
    }
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  return { problems, held };
}

function text(files: Files, name: string): string {
  const content = files.get(name);
  if (!content) throw new Error(`${name} is missing`);
  return content.toString();
}

function signedIn(files: Files, key: KeyObject): Statement {
  if (!files.has(names.attestation)) {
    const isRecord = files.get(names.readme)?.toString().startsWith('# Record');
    throw new Error(isRecord ? 'it is the record of a run that gave no certificate' : `it is not signed: ${names.attestation} is missing`);
  }
  try {
    return attested(text(files, names.attestation), key);
  } catch (error) {
    throw new Error(`${names.attestation}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * The files that are not those which were signed. A digest is of all bytes of a file: that binds the other JSON files of a bundle, a member that
 * is there twice and white space included.
 */
function changedFiles(files: Files, { subject }: Statement): string[] {
  const digests = digestsOf(files);
  const signed = new Set(subject.map(({ name }) => name));
  return [
    ...subject.flatMap(({ name, digest }) => {
      const actual = digests.get(name);
      if (actual === undefined) return [`${name} is missing`];
      return actual === digest.sha256 ? [] : [`${name} has been changed since it was signed`];
    }),
    ...[...digests.keys()].filter((name) => name !== names.attestation && !signed.has(name)).map((name) => `${name} has been added since it was signed`),
  ];
}

/** Where the bundle is not the one that this kit makes of the same result and record. */
function disagreements(files: Files, recording: ReturnType<typeof recordingIn>, conformance: Conformance, statement: Statement): string[] {
  const { challenge } = recording;
  const digests = new Map([...digestsOf(files)].filter(([name]) => name !== names.attestation));
  const expected = describing(conformance, challenge);
  const sums = [...digests].filter(([name]) => name !== names.sums).map(([name, digest]) => `${digest}  ${name}\n`).toSorted().join('');
  const others = [...files.keys()].filter((name) => !expected.has(name) && !known.test(name));
  const same = (name: string, content: Buffer) => withoutNode(content.toString()) === withoutNode(text(files, name));
  return [
    ...(canonicalJson(inOrder(statementOn(conformance, digests, challenge))) === canonicalJson(inOrder(statement)) ? [] : [`what was signed is not what ${names.conformance} says`]),
    ...(text(files, names.sums).split(/(?<=\n)/).toSorted().join('') === sums ? [] : [`${names.sums} does not hold the digests of the files`]),
    ...[...expected].filter(([name, content]) => !same(name, content)).map(([name]) => `${name} does not say what ${names.conformance} and this kit say`),
    ...others.map((name) => `${name} has no place in a bundle`),
    ...(recording.otherClient ? [] : [`${names.run} tells of no second client`]),
    ...strayed(recording, conformance),
  ];
}

/** A statement with its files in the order of their names. */
function inOrder(statement: Statement): Statement {
  return { ...statement, subject: statement.subject.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** What a bundle holds beside what tells of the result in words. */
const known = new RegExp(`^(${[names.conformance, names.run, names.sums, names.attestation].join('|').replaceAll('.', '\\.')}|exchanges/(\\d+|plain-http-\\d+)\\.json)$`);

/** The page names the version of Node.js that wrote it. */
function withoutNode(page: string): string {
  return page.replace(/(<dt>Node\.js<\/dt><dd>)v[\d.]+(<\/dd>)/, '$1$2');
}

/** How far clocks may be apart, in milliseconds. */
const tolerance = 60_000;

/** The exchanges that were not with the target, or not in the time of the run. */
function strayed({ baseUrl, cases, exchanges, overPlainHttp }: Recording, { target, startedAt, durationMs }: Conformance): string[] {
  const [from, to] = [Date.parse(startedAt) - tolerance, endOf({ startedAt, durationMs }) + tolerance];
  const isWithin = (at: string) => Date.parse(at) >= from && Date.parse(at) <= to;
  const { hostname } = new URL(target.baseUrl);
  return [
    ...(baseUrl === target.baseUrl ? [] : [`${names.run} tells of ${baseUrl}, and ${names.conformance} of ${target.baseUrl}`]),
    ...exchanges.filter(({ url }) => !url.startsWith(`${target.baseUrl}/`)).map(({ id, url }) => `exchange ${id} was with ${url}`),
    ...overPlainHttp.filter(({ url }) => !URL.canParse(url) || new URL(url).hostname !== hostname).map(({ id, url }) => `exchange ${id} was with ${url}`),
    ...[...exchanges, ...overPlainHttp].filter((exchange) => !isWithin(exchange.startedAt)).map(({ id, startedAt: at }) => `exchange ${id} was at ${at}, outside of the run`),
    ...Object.entries(cases).flatMap(([id, all]) => (all.every((each) => isWithin(each.startedAt)) ? [] : [`a case of ${id} was judged outside of the run`])),
  ];
}

function freshness({ predicate }: Statement, { challenge, maxAge }: Expected, now: Date): string[] {
  const age = now.getTime() - Date.parse(predicate.startedAt);
  return [
    ...(challenge === undefined || predicate.challenge === challenge ? [] : [`the challenge that was signed is ${predicate.challenge ?? 'none'}, not ${challenge}`]),
    ...(maxAge === undefined || age <= maxAge ? [] : [`the target was judged at ${predicate.startedAt}, which is too long ago`]),
    ...(age >= -tolerance ? [] : [`the target was judged at ${predicate.startedAt}, which is still to come`]),
  ];
}

/** Where the record, judged again, comes to something else than the result says. */
async function judgedAgain(recording: Recording, told: Conformance): Promise<string[]> {
  if (told.contract.sha256 !== contractDigest()) {
    return [
      `it was judged against version ${told.contract.version} of the contract (${told.contract.sha256}), and this kit judges against version ${contractVersion} (${contractDigest()}): verify it with version ${told.kit.version} of the kit`,
    ];
  }
  const { run, leftOut } = await runAgain(recording);
  const found = conformanceOf(run, false);
  const sent = [...run.exchanges, ...run.overPlainHttp].reduce((sum, { earlier }) => sum + 1 + earlier.length, 0);
  const whole = [
    ['the verdict', told.verdict, found.verdict],
    ['completeness', told.complete, found.complete],
    ['strictness', told.strict, found.strict],
    ['the profile', told.profile, found.profile],
    ['the filter', told.filter, found.filter],
    ['the counts', told.counts, found.counts],
    ['the shapes', told.shapes, found.shapes],
    ['the tokens created', told.requests.tokensCreated, found.requests.tokensCreated],
    ['the requests', told.requests.total, sent],
  ] as const;
  return [
    ...missingFor(found).map((missing) => `it is no certificate of conformance: ${missing}`),
    ...missingFor(told).map((missing) => `it does not say that it is one: ${missing}`),
    ...leftOut.map(({ id }) => `exchange ${id} claims a time after all that was judged`),
    ...found.requirements.flatMap((each) => differences(told.requirements.find(({ id }) => id === each.id), each)),
    ...told.requirements.filter(({ id }) => !found.requirements.some((each) => each.id === id)).map(({ id }) => `${id} is no requirement of this kit`),
    ...whole.filter(([, a, b]) => canonicalJson(a) !== canonicalJson(b)).map(([what, a, b]) => `${what}: told ${canonicalJson(a)}, judged again ${canonicalJson(b)}`),
  ];
}

/** Where a requirement is told otherwise than it was found. */
function differences(told: JudgedRequirement | undefined, found: JudgedRequirement): string[] {
  const { id } = found;
  if (!told) return [`${id} is not in the result`];
  if (found.result !== told.result) {
    const why = found.reason ?? found.findings.map(({ case: name, expected, actual }) => `in the case "${name}" expected was ${expected}; it was ${actual}`)[0];
    return [`${id} was told to have ${told.result}, and judged again is ${found.result}${why === undefined ? '' : `: ${why}`}`];
  }
  const [was, is] = [told, found].map(wording);
  return was === is ? [] : [`${id} is told in other words than judged again: ${was}, and ${is}`];
}

/** What is said of a requirement, but for times and for how to send it again. */
function wording({ durationMs: _, findings, ...rest }: JudgedRequirement): string {
  const facts = findings.map(({ case: name, expected, actual, inconsistent }) => ({ case: name, expected, actual, inconsistent }));
  // What stands for a secret is another in every run.
  return canonicalJson({ ...rest, findings: facts }).replace(/\[[a-z_]+ [0-9a-f]{6}\]/g, '[…]');
}

/** A recorded run, judged again: for its result, and for the reports. */
export async function runAgain(recording: Recording, reportsDir = ''): ReturnType<typeof rejudge> {
  const { baseUrl, client, otherClient, strict, expiryWaitS } = recording;
  const settings: Settings = {
    baseUrl,
    client,
    ...(otherClient && { otherClient }),
    profile: 'certification',
    strict,
    expiryWaitS,
    reportsDir,
    // Nothing is sent, so that these mean nothing.
    timeoutMs: 1,
    concurrency: 1,
    maxRequests: 1,
    maxDurationS: 1,
    maxResponseBytes: 1,
    trust: {},
    latencyBudgets: {},
    alertOn: 'violation',
  };
  const again = await rejudge(recording, settings);
  again.run.selection = { requirements: requirements.map(({ id }) => id), filter: null };
  return again;
}
