import type { KeyObject } from 'node:crypto';
import { contractDigest, contractVersion } from '../../contracts/version.ts';
import { requirements } from '../../contracts/requirements/index.ts';
import { conformanceOf, type Conformance } from '../reports/conformance.ts';
import { conformanceFrom } from '../reports/read.ts';
import { statement as statementPage } from '../reports/statement.ts';
import type { Run } from '../run.ts';
import type { Settings } from '../settings.ts';
import { readArchive, type Files } from './archive.ts';
import { attested, statementOn, type Statement } from './attestation.ts';
import { digestOf, digestsOf, names, recordingIn } from './bundle.ts';
import { missingFor } from './missing.ts';
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
    held.push(`signed with this key, and all ${files.size - 1} files are as they were signed`);
    const conformance = conformanceFrom(text(files, names.conformance), names.conformance);
    problems.push(...disagreements(files, conformance, statement), ...freshness(statement, expected, now));
    const { predicate } = statement;
    held.push(`target ${predicate.url}, judged at ${predicate.startedAt}, ${predicate.challenge === null ? 'without a challenge' : `challenge ${predicate.challenge}`}`);
    problems.push(...(await judgedAgain(files, conformance)));
    if (problems.length === 0) {
      held.push(`judged again from the record: all ${conformance.requirements.length} requirements came to the same`);
      held.push('attested, not judged again: the times and latencies that the record tells, and that its pseudonyms stand for the secrets that were sent');
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
  if (!files.has(names.attestation)) throw new Error(`it is not signed: ${names.attestation} is missing`);
  try {
    return attested(text(files, names.attestation), key);
  } catch (error) {
    throw new Error(`${names.attestation}: ${(error as Error).message}`, { cause: error });
  }
}

/** The files that are not those which were signed. */
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

/** Where what the bundle says in one place is not what it says in another. */
function disagreements(files: Files, conformance: Conformance, statement: Statement): string[] {
  const { challenge } = recordingIn(files);
  const digests = new Map([...digestsOf(files)].filter(([name]) => name !== names.attestation));
  const others = new Map([...digests].filter(([name]) => name !== names.sums));
  const expected = statementOn(conformance, digests, challenge);
  const page = statementPage(conformance, digestOf(Buffer.from(text(files, names.conformance))));
  const sums = [...others].map(([name, digest]) => `${digest}  ${name}\n`).toSorted().join('');
  return [
    ...missingFor(conformance).map((missing) => `it is no certificate of conformance: ${missing}`),
    ...(JSON.stringify(expected.predicate) === JSON.stringify(statement.predicate) ? [] : [`what was signed is not what ${names.conformance} says`]),
    ...(text(files, names.sums).split(/(?<=\n)/).toSorted().join('') === sums ? [] : [`${names.sums} does not hold the digests of the files`]),
    ...(withoutNode(page) === withoutNode(text(files, names.statement)) ? [] : [`${names.statement} does not say what ${names.conformance} says`]),
  ];
}

/** The page names the version of Node.js that wrote it. */
function withoutNode(page: string): string {
  return page.replace(/(<dt>Node\.js<\/dt><dd>)[^<]*/, '$1');
}

function freshness({ predicate }: Statement, { challenge, maxAge }: Expected, now: Date): string[] {
  const age = now.getTime() - Date.parse(predicate.startedAt);
  return [
    ...(challenge === undefined || predicate.challenge === challenge ? [] : [`the challenge that was signed is ${predicate.challenge ?? 'none'}, not ${challenge}`]),
    ...(maxAge === undefined || age <= maxAge ? [] : [`the target was judged at ${predicate.startedAt}, which is too long ago`]),
    ...(age >= 0 ? [] : [`the target was judged at ${predicate.startedAt}, which is still to come`]),
  ];
}

/** Where the record, judged again, comes to something else than the result says. */
async function judgedAgain(files: Files, conformance: Conformance): Promise<string[]> {
  if (conformance.contract.sha256 !== contractDigest()) {
    return [
      `it was judged against version ${conformance.contract.version} of the contract (${conformance.contract.sha256}), and this kit judges against version ${contractVersion} (${contractDigest()}): verify it with version ${conformance.kit.version} of the kit`,
    ];
  }
  const again = conformanceOf(await runAgain(files), false);
  const now = new Map(again.requirements.map((each) => [each.id as string, each]));
  return conformance.requirements.flatMap((told) => {
    const found = now.get(told.id);
    if (!found) return [`${told.id} is no requirement of this kit`];
    if (found.result !== told.result) {
      const why = found.reason ?? found.findings.map(({ case: name, expected, actual }) => `in the case "${name}" expected was ${expected}; it was ${actual}`)[0];
      return [`${told.id} was told to have ${told.result}, and judged again is ${found.result}${why === undefined ? '' : `: ${why}`}`];
    }
    const same = comparable(found.observation) === comparable(told.observation);
    return same ? [] : [`${told.id} was told to have been seen as "${told.observation}", and judged again is "${found.observation}"`];
  });
}

/** What stands for a secret is another in every run. */
function comparable(observation = ''): string {
  return observation.replace(/\[[a-z_]+ [0-9a-f]{6}\]/g, '[…]');
}

/** The run that a bundle records, judged again: for its result, and for the reports. */
export async function runAgain(files: Files, reportsDir = ''): Promise<Run> {
  const recording = recordingIn(files);
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
    maxResponseBytes: 1,
    trust: {},
    latencyBudgets: {},
    alertOn: 'violation',
  };
  const run = await rejudge(recording, settings);
  run.selection = { requirements: requirements.map(({ id }) => id), filter: null };
  return run;
}
