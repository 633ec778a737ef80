import { createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fingerprintOf, newKeyPair } from '../kit/certificate/keys.ts';
import { print } from '../kit/print.ts';
import { SettingsError } from '../kit/settings/settings.ts';

/**
 * Makes the pair of keys that certificates are signed and verified with: `<name>.key.pem` and `<name>.pub.pem`.
 *
 * @throws {SettingsError} where one of them is there already, or cannot be written
 */
export async function keygen(name: string): Promise<void> {
  const [privateFile, publicFile] = [`${name}.key.pem`, `${name}.pub.pem`];
  const { privateKey, publicKey } = newKeyPair();
  for (const file of [privateFile, publicFile]) if (existsSync(file)) throw unwritten(file, 'EEXIST');
  const write = async (file: string, key: string, mode: number) =>
    writeFile(file, key, { flag: 'wx', mode }).catch(({ code }: NodeJS.ErrnoException) => {
      throw unwritten(file, code);
    });
  await write(publicFile, publicKey, 0o644);
  await write(privateFile, privateKey, 0o600);
  print(`${privateFile}: the private key. Whoever runs the certification holds it, and nobody else: the programme, not the partner.
  It signs certificates: OAUTH_SIGNING_KEY_FILE=${privateFile}
${publicFile}: the public key. Everybody may have it, and has to get it from the programme, not with a certificate.
  It verifies them: verify FILE.tgz --key ${publicFile}
  Its fingerprint, to be published with it: ${fingerprintOf(createPublicKey(publicKey))}
`);
}

function unwritten(file: string, code: string | undefined): SettingsError {
  const takes = code === 'EEXIST' ? 'a name for which there is no file yet, since a key that is there may be in use' : 'a name in a folder that is there and can be written to';
  return new SettingsError([`${file} cannot be written (${code}): it takes ${takes}`]);
}
