import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Environment, Problem } from './settings.ts';

/** What a TLS connection to the target is made with, beyond the authorities that Node trusts. All of it is PEM. */
export interface Trust {
  /** An authority of the target's own, in addition to the usual ones. */
  readonly ca?: string;
  /** The client certificate, with its chain, and its key. */
  readonly cert?: string;
  readonly key?: string;
}

/** Reads the files that the settings name. No problem repeats what stands in a file. */
export function readTrust(env: Environment, problem: Problem): Trust {
  const read = (name: string, what: string) => {
    const file = env[name];
    if (file === undefined) return undefined;
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      problem(name, `names a file that cannot be read (${(error as NodeJS.ErrnoException).code}): it takes the path of ${what} in PEM`);
      return undefined;
    }
  };
  const ca = read('OAUTH_CA_FILE', 'a certificate authority');
  const cert = read('OAUTH_CLIENT_CERT_FILE', 'a client certificate');
  const key = read('OAUTH_CLIENT_KEY_FILE', 'the private key of that certificate');
  const given = (name: string) => env[name] !== undefined;
  for (const [name, other] of [['OAUTH_CLIENT_CERT_FILE', 'OAUTH_CLIENT_KEY_FILE'], ['OAUTH_CLIENT_KEY_FILE', 'OAUTH_CLIENT_CERT_FILE']] as const) {
    if (!given(name) && given(other)) problem(name, `is not set, though ${other} is: it takes both or neither`);
  }
  if (ca !== undefined && !holdsCertificates(ca)) problem('OAUTH_CA_FILE', 'holds no certificate, or a damaged one: it takes a file with one or more in PEM');
  if (cert !== undefined && key !== undefined && !isPair({ cert, key })) {
    problem('OAUTH_CLIENT_CERT_FILE', 'and OAUTH_CLIENT_KEY_FILE are no pair: they take a certificate in PEM and its private key without a passphrase');
  }
  return { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}

function isPair(pair: { readonly cert: string; readonly key: string }): boolean {
  return succeeds(() => createSecureContext(pair));
}

const beginning = '-----BEGIN CERTIFICATE-----';

/** Whether there is a certificate, and each can be read: a TLS connection passes over what cannot, without a word. */
function holdsCertificates(pem: string): boolean {
  const [, ...certificates] = pem.split(beginning);
  return certificates.length > 0 && certificates.every((rest) => succeeds(() => new X509Certificate(beginning + rest)));
}

function succeeds(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}
