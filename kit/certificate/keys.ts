import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Problem } from '../settings/settings.ts';
import { commandLine } from '../version.ts';

/** The setting that decrypts the key that certificates are signed with. */
const passphraseVariable = 'OAUTH_SIGNING_KEY_PASSPHRASE';

/** A pair of keys in PEM: PKCS #8 and SubjectPublicKeyInfo. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** A new pair for Ed25519 (RFC 8032). @param passphrase encrypts the private key (PKCS #8, AES-256); undefined for one that is not encrypted */
export function newKeyPair(passphrase?: string): KeyPair {
  const encryption = passphrase !== undefined && { cipher: 'aes-256-cbc', passphrase };
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', ...encryption },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** What a key is told by: the SHA-256 of the public one (SubjectPublicKeyInfo), in hexadecimal. */
export function fingerprintOf(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('hex');
}

/** Whether a key is of a kind that certificates are signed with. */
function isSupported({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === 'ed25519' || (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1');
}

/**
 * Reads a key in PEM; undefined where it is none of Ed25519 or ECDSA P-256.
 *
 * @param name what names the file, for the problem, which repeats nothing of what stands in the file
 * @param passphrase decrypts a private key that is encrypted
 */
export function readKey(kind: 'private' | 'public', file: string, name: string, problem: Problem, passphrase?: string): KeyObject | undefined {
  const takes = `it takes a ${kind} key in PEM, of Ed25519 or ECDSA P-256, such as \`${commandLine('keygen')}\` makes`;
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    problem(name, `names a file that cannot be read (${(error as NodeJS.ErrnoException).code}): ${takes}`);
    return undefined;
  }
  // Node makes a public key of a private one, too: whoever verifies has no business with that.
  if (kind === 'public' && pem.includes('PRIVATE KEY')) {
    problem(name, `names a private key: ${takes}`);
    return undefined;
  }
  const isEncrypted = pem.includes('ENCRYPTED');
  if (isEncrypted && passphrase === undefined) {
    problem(name, `names a private key that is encrypted: expected its passphrase in ${passphraseVariable}`);
    return undefined;
  }
  try {
    const key = kind === 'private' ? createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) }) : createPublicKey(pem);
    if (isSupported(key)) return key;
  } catch {
    if (isEncrypted) {
      problem(passphraseVariable, `does not decrypt the key of ${name}: expected the passphrase that it was encrypted with`);
      return undefined;
    }
  }
  problem(name, `names a file that holds no such key: ${takes}`);
  return undefined;
}
