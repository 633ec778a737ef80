import { createPrivateKey, createPublicKey } from 'node:crypto';
import { attest, statementOn } from '../../kit/certificate/attestation.ts';
import type { Files } from '../../kit/certificate/archive.ts';
import { digestsOf, names } from '../../kit/certificate/bundle.ts';
import { newKeyPair } from '../../kit/certificate/keys.ts';
import { loadChecks } from '../../kit/runner/checks.ts';
import { runChecksInProcess } from '../../kit/runner/inProcess.ts';
import type { Conformance } from '../../kit/reports/conformance.ts';
import { openSession } from '../../kit/session.ts';
import type { Settings } from '../../kit/settings/settings.ts';
import type { Reference } from '../../reference/server.ts';
import { settingsFor } from './servers.ts';

/** A new pair of keys. */
export function keyPair() {
  const { privateKey, publicKey } = newKeyPair();
  return { pem: privateKey, privateKey: createPrivateKey(privateKey), publicKey: createPublicKey(publicKey) };
}

/** Judges a reference server for certification, without a runner. */
export async function judgedForCertificate({ baseUrl, clients }: Reference, path: string, more: Partial<Settings> = {}) {
  const [client, otherClient] = clients;
  const session = await openSession(settingsFor(baseUrl + path, { client, otherClient, profile: 'certification', ...more }), false);
  await session.begin();
  await runChecksInProcess(session.run, await loadChecks());
  return { conformance: await session.end(), run: session.run };
}

/** A bundle with some files changed; undefined removes one. */
export function changed(files: Files, changes: Readonly<Record<string, string | undefined>>): Map<string, Buffer> {
  const copy = new Map(files);
  for (const [name, content] of Object.entries(changes)) {
    if (content === undefined) copy.delete(name);
    else copy.set(name, Buffer.from(content));
  }
  return copy;
}

/** The same bundle with its digests made to fit and signed with a key, as somebody would who can sign. */
export function resigned(files: Files, privateKey: ReturnType<typeof keyPair>['privateKey'], challenge: string | null = null): Files {
  const copy = new Map([...files].filter(([name]) => name !== names.attestation && name !== names.sums));
  copy.set(names.sums, Buffer.from([...digestsOf(copy)].map(([name, digest]) => `${digest}  ${name}\n`).join('')));
  const conformance = JSON.parse((copy.get(names.conformance) ?? Buffer.from('{}')).toString()) as Conformance;
  copy.set(names.attestation, Buffer.from(attest(statementOn(conformance, digestsOf(copy), challenge), privateKey)));
  return copy;
}
