import { createPublicKey } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fingerprintOf, newKeyPair } from '../kit/certificate/keys.ts';
import { print } from '../kit/print.ts';
import { makeFolder } from '../kit/reports/folder.ts';
import { environment, SettingsError, type Environment } from '../kit/settings/environment.ts';
import { askPassphrase, checkPassphrase } from './passphrase.ts';

const passphraseVariable = 'OAUTH_SIGNING_KEY_PASSPHRASE';

/**
 * Makes the pair of keys that certificates are signed and verified with: `<name>.key.pem` and `<name>.pub.pem`. The private key is
 * encrypted with the passphrase of the environment, or with one that a terminal can be asked for.
 *
 * @param name a name for files in the user's own folder of settings, or with a slash, a path
 * @throws {SettingsError} if one of them is there already or cannot be written, or if git would track the private key
 */
export async function keygen(name: string): Promise<void> {
  const env = environment();
  const path = /[/\\]/.test(name) ? resolve(name) : join(await ownFolder(env), name);
  const [privateFile, publicFile] = [`${path}.key.pem`, `${path}.pub.pem`];
  const workTree = workTreeAbove(dirname(path));
  if (workTree !== undefined) {
    throw new SettingsError([`${privateFile} would lie in the git work tree ${workTree}, where a commit could publish it: expected a path outside of one, such as ${join(homedir(), 'keys', 'programme')}`]);
  }
  for (const file of [privateFile, publicFile]) if (existsSync(file)) throw unwritten(file, 'EEXIST');
  const passphrase = env[passphraseVariable] ?? (process.stdin.isTTY && process.stderr.isTTY ? await askPassphrase(privateFile) : undefined);
  if (passphrase !== undefined) checkPassphrase(passphrase);
  const { privateKey, publicKey } = newKeyPair(passphrase);
  const write = async (file: string, key: string, mode: number) =>
    writeFile(file, key, { flag: 'wx', mode }).catch(({ code }: NodeJS.ErrnoException) => {
      throw unwritten(file, code);
    });
  await write(publicFile, publicKey, 0o644);
  await write(privateFile, privateKey, 0o600);
  const protection = passphrase === undefined
    ? `It is not encrypted: no terminal could be asked for a passphrase, and ${passphraseVariable} is not set.`
    : `It is encrypted: ${passphraseVariable} gives a run the passphrase.`;
  print(`${privateFile}: the private key. Only the programme holds it, where it runs the certification; a partner never does.
   ${protection}
  It signs certificates: OAUTH_SIGNING_KEY_FILE=${privateFile}
${publicFile}: the public key. Anyone may have it, and has to get it from the programme, not with a certificate.
  It verifies them: verify FILE.tgz --key ${publicFile}
  Its fingerprint, to be published with it: ${fingerprintOf(createPublicKey(publicKey))}
`);
}

/** The user's own folder for the kit (XDG Base Directory Specification), which is made if it is missing. */
async function ownFolder({ XDG_CONFIG_HOME: configured }: Environment): Promise<string> {
  const folder = join(configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.config'), 'oauth-conformance-kit');
  await makeFolder(folder).catch(({ code }: NodeJS.ErrnoException) => {
    throw new SettingsError([`${folder} cannot be made (${code}): expected a home folder that the user can write to, or a path as the name of the key`]);
  });
  return folder;
}

/** The git work tree that a folder is in; undefined if it is in none, or is not there. */
function workTreeAbove(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  for (let each = realpathSync(folder); ; each = dirname(each)) {
    // A file in a worktree or a submodule.
    if (existsSync(join(each, '.git'))) return each;
    if (each === dirname(each)) return undefined;
  }
}

function unwritten(file: string, code: string | undefined): SettingsError {
  const takes = code === 'EEXIST' ? 'a name for which there is no file yet, since a key that is there may be in use' : 'a name in a folder that is there and can be written to';
  return new SettingsError([`${file} cannot be written (${code}): it takes ${takes}`]);
}
