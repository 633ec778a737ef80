import { sign, type KeyObject } from 'node:crypto';
import { bundleFromJSON, bundleToJSON, isBundleWithDsseEnvelope, toDSSEBundle } from '@sigstore/bundle';
import { dsse } from '@sigstore/core';
import { toSignedEntity, toTrustMaterial, VerificationError, Verifier } from '@sigstore/verify';
import type { Conformance } from '../reports/conformance.ts';
import { fingerprintOf } from './keys.ts';

/** The media type of an in-toto statement in a DSSE envelope. */
const payloadType = 'application/vnd.in-toto+json';

/** An in-toto v1 statement with the test-result predicate v0.1: what was tested, how it ended, and the files that say so. */
export interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: 'https://in-toto.io/attestation/test-result/v0.1';
  readonly predicate: {
    readonly result: 'PASSED' | 'WARNED';
    readonly configuration: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
    /** The target. */
    readonly url: string;
    readonly passedTests: readonly string[];
    readonly warnedTests: readonly string[];
    /** ISO 8601: when the run began, which is how fresh the certificate is. */
    readonly startedAt: string;
    /** What the programme gave to be signed in; null where it gave nothing. */
    readonly challenge: string | null;
  };
}

/** The statement on a run. @param digests the SHA-256 of every file of the bundle, in hexadecimal */
export function statementOn({ target, startedAt, contract, requirements }: Conformance, digests: ReadonlyMap<string, string>, challenge: string | null): Statement {
  const having = (result: string) => requirements.filter((each) => each.result === result).map(({ id }) => id);
  const warned = having('violated');
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [...digests].map(([name, sha256]) => ({ name, digest: { sha256 } })),
    predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
    predicate: {
      result: warned.length > 0 ? 'WARNED' : 'PASSED',
      configuration: [{ name: `OAuth contract ${contract.version}`, digest: { sha256: contract.sha256 } }],
      url: target.baseUrl,
      passedTests: having('passed'),
      warnedTests: warned,
      startedAt,
      challenge,
    },
  };
}

/** A statement in a signed DSSE envelope, as a bundle of the sigstore project, in JSON. */
export function attest(statement: Statement, key: KeyObject): string {
  return attestBytes(Buffer.from(JSON.stringify(statement)), key);
}

/** The same for the bytes of a statement. */
export function attestBytes(artifact: Buffer, key: KeyObject): string {
  // Ed25519 hashes by itself.
  const signature = sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', dsse.preAuthEncoding(payloadType, artifact), key);
  return textOf(artifact, signature, key);
}

/** The one text of an attestation. */
function textOf(artifact: Buffer, signature: Buffer, key: KeyObject): string {
  return `${JSON.stringify(bundleToJSON(toDSSEBundle({ artifact, artifactType: payloadType, signature, keyHint: fingerprintOf(key) })), null, 2)}\n`;
}

/**
 * The statement in an attestation. The text has to be the one that `attest` writes, byte by byte: members that were added, are there twice
 * or stand in another order, a second signature, another way to write a number. Only the payload is signed, and another tool
 * may read the rest in another way.
 *
 * @throws {Error} with a sentence, where it is none, or was signed by no such key
 */
export function attested(json: string, key: KeyObject): Statement {
  const bundle = parsed(json);
  // Whoever verifies is given the key; no certificate, log or clock of anybody else has a part in it.
  const trust = toTrustMaterial({ mediaType: '', tlogs: [], certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] }, () => ({
    publicKey: key,
    validFor: () => true,
  }));
  const none = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 };
  try {
    new Verifier(trust, none).verify(toSignedEntity(bundle));
  } catch (error) {
    if (error instanceof VerificationError) throw new Error(`the signature is not by this key (${fingerprintOf(key)}), or what was signed has been changed`, { cause: error });
    throw error;
  }
  const { payloadType: type, payload, signatures } = bundle.content.dsseEnvelope;
  if (type !== payloadType) throw new Error(`what was signed is no in-toto statement, but ${type}`);
  const [signature] = signatures;
  if (!signature || textOf(payload, signature.sig, key) !== json) throw new Error('it is not written as this kit writes it: something in it was added, doubled or moved');
  const statement = JSON.parse(payload.toString()) as Statement;
  if (!Buffer.from(JSON.stringify(statement)).equals(payload)) throw new Error('what was signed is not written as this kit writes it: something in it is there twice, or was moved');
  return statement;
}

function parsed(json: string) {
  try {
    const bundle = bundleFromJSON(JSON.parse(json));
    // A certificate that came along would be taken for the key.
    if (isBundleWithDsseEnvelope(bundle) && bundle.verificationMaterial.content.$case === 'publicKey') return bundle;
  } catch {
    // Told below.
  }
  throw new Error('it is no bundle of a DSSE envelope that was signed with a key');
}
