import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requirements } from '../../contracts/requirements/index.ts';
import { schemaFiles } from '../../contracts/schemas/index.ts';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { bytes, type Exchange } from '../target/exchange.ts';
import type { Conformance } from '../reports/conformance.ts';
import { jsonOf } from '../reports/folder.ts';
import { statement } from '../reports/statement.ts';
import type { Run } from '../target/run.ts';
import { validatorOf } from '../validator.ts';
import { root } from '../version.ts';
import type { Files } from './archive.ts';
import { attest, statementOn } from './attestation.ts';
import { readKey } from './keys.ts';
import { bundleReadme } from './readme.ts';
import { recordingOf, type Recording } from './recording.ts';

/** The names of what a bundle holds, beside `exchanges/` and `contract/`. */
export const names = {
  readme: 'README.md',
  conformance: 'conformance.json',
  statement: 'statement.html',
  run: 'run.json',
  sums: 'SHA256SUMS',
  attestation: 'attestation.json',
} as const;

/** `run.json`: see `contracts/recording.schema.json`. */
export interface RecordedRun extends Omit<Recording, 'exchanges' | 'overPlainHttp'> {
  readonly challenge: string | null;
  readonly provenance: { readonly node: string; readonly lockfileSha256: string | null };
}

const validateRun = validatorOf<RecordedRun>(new URL('../../contracts/recording.schema.json', import.meta.url));
const validateExchange = validatorOf<ExchangeFile>(new URL('../../contracts/exchange.schema.json', import.meta.url));
const lockfile = new URL('package-lock.json', root);

/**
 * All files of the bundle of a run: a certificate, signed where there is a key, or where something is missing for that, the record alone.
 *
 * @param missing why it is no certificate: see `missingFor`
 */
export function bundleOf(conformance: Conformance, run: Run, missing: readonly string[]): Files {
  const { signingKeyFile, signingKeyPassphrase, challenge = null } = run.settings;
  const key = signingKeyFile === undefined || missing.length > 0 ? undefined : readKey('private', signingKeyFile, 'OAUTH_SIGNING_KEY_FILE', fail, signingKeyPassphrase);
  const { exchanges, overPlainHttp, ...rest } = recordingOf(run);
  const provenance = { node: process.version, lockfileSha256: existsSync(lockfile) ? digestOf(readFileSync(lockfile)) : null };
  const recorded: RecordedRun = { ...rest, challenge, provenance };
  const text = jsonOf(conformance);
  const files = new Map<string, Buffer>();
  const add = (name: string, content: string) => files.set(name, Buffer.from(content));
  for (const [name, content] of describing(conformance, challenge, { missing, signed: key !== undefined })) files.set(name, content);
  add(names.conformance, text);
  add(names.run, jsonOf(recorded));
  exchanges.forEach((exchange, i) => add(`exchanges/${String(i + 1).padStart(5, '0')}.json`, jsonOf(fileOf(exchange))));
  overPlainHttp.forEach((exchange, i) => add(`exchanges/plain-http-${i + 1}.json`, jsonOf(fileOf(exchange))));
  add(names.sums, [...digestsOf(files)].map(([name, digest]) => `${digest}  ${name}\n`).join(''));
  if (key) add(names.attestation, attest(statementOn(conformance, digestsOf(files), challenge), key));
  return files;
}

/** The files of a bundle that tell people of a result, and the contract: whoever verifies makes them again. */
export function describing(conformance: Conformance, challenge: string | null, { missing = [] as readonly string[], signed = true } = {}): Files {
  const digest = digestOf(Buffer.from(jsonOf(conformance)));
  const texts = {
    [names.readme]: bundleReadme(conformance, { challenge, missing, signed }),
    [names.statement]: statement(conformance, digest, { unsigned: !signed }),
    'contract/requirements.json': jsonOf(requirements),
    ...Object.fromEntries(schemaFiles.map((schema) => [`contract/schemas/${schema.$id.split('/').at(-1)}`, jsonOf(schema)])),
  };
  return new Map(Object.entries(texts).map(([name, content]) => [name, Buffer.from(content)]));
}

function fail(name: string, problem: string): never {
  throw new Error(`${name} ${problem}`);
}

/** The SHA-256 of each file, in hexadecimal. */
export function digestsOf(files: Files): ReadonlyMap<string, string> {
  return new Map([...files].map(([name, content]) => [name, digestOf(content)]));
}

export function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Where the bundle of a run goes, in place of no other: its name says whether it is a certificate, and whether somebody has signed it. */
export function bundlePath({ target, startedAt }: Conformance, { reportsDir, signingKeyFile }: Run['settings'], missing: readonly string[]): string {
  const kind =
    missing.length > 0 ? 'record'
    : signingKeyFile === undefined ? 'certificate-unsigned'
    : 'certificate';
  const host = new URL(target.baseUrl).host.replace(/[^\w.-]+/g, '-');
  const name = `${kind}-${host}-${startedAt.slice(0, 10)}`;
  for (let nth = 1; ; nth++) {
    const file = join(reportsDir, `${name}${nth === 1 ? '' : `-${nth}`}.tgz`);
    if (!existsSync(file)) return file;
  }
}

/** A file of `exchanges/`: see `contracts/exchange.schema.json`. */
type ExchangeFile = Omit<Exchange, 'request' | 'answer'> & {
  readonly request: Omit<Exchange['request'], 'body'> & { readonly body?: FileBody };
  readonly answer?: Omit<NonNullable<Exchange['answer']>, 'body'> & { readonly body: FileBody };
};

/** A body as text where that says the same bytes, for who reads the file. */
type FileBody = { readonly text: string } | { readonly base64: string };

function fileOf({ request, answer, ...rest }: Exchange): ExchangeFile {
  const { body, ...sent } = request;
  return {
    ...rest,
    request: { ...sent, ...(body !== undefined && { body: bodyOf({ body }) }) },
    ...(answer && { answer: { ...answer, body: bodyOf(answer) } }),
  };
}

function bodyOf(message: { readonly body: string }): FileBody {
  const raw = bytes(message);
  const text = raw.toString();
  return Buffer.from(text).equals(raw) ? { text } : { base64: message.body };
}

/**
 * Reads the recording in a bundle.
 *
 * @throws {Error} with a sentence that names the file, where one is missing or malformed
 */
export function recordingIn(files: Files): Recording & Pick<RecordedRun, 'challenge' | 'provenance'> {
  const run = read(files, names.run, validateRun);
  const named = (pattern: RegExp) => [...files.keys()].filter((name) => pattern.test(name)).toSorted();
  const exchangeIn = (name: string): Exchange => {
    const { request, answer, ...rest } = read(files, name, validateExchange);
    const { body, ...sent } = request;
    return {
      ...rest,
      request: { ...sent, ...(body && { body: base64Of(body) }) },
      ...(answer && { answer: { ...answer, body: base64Of(answer.body) } }),
    };
  };
  return {
    ...run,
    exchanges: named(/^exchanges\/\d+\.json$/).map(exchangeIn),
    overPlainHttp: named(/^exchanges\/plain-http-\d+\.json$/).map(exchangeIn),
  };
}

function base64Of(body: FileBody): string {
  return 'text' in body ? Buffer.from(body.text).toString('base64') : body.base64;
}

function read<T>(files: Files, name: string, validate: ValidateFunction<T>): T {
  const content = files.get(name);
  if (!content) throw new Error(`${name} is missing`);
  let value: unknown;
  try {
    value = JSON.parse(content.toString());
  } catch {
    throw new Error(`${name} is no JSON`);
  }
  if (validate(value)) return value;
  const [first] = validate.errors ?? [];
  throw new Error(`${name} is malformed: at "${first?.instancePath}" it ${first?.message}`);
}
