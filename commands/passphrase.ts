import { print } from '../kit/print.ts';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { SettingsError } from '../kit/settings/environment.ts';

/** A passphrase of fewer characters could not be told from prose in what is printed and written. */
const fewest = 8;

/** @throws {SettingsError} if a passphrase is too short */
export function checkPassphrase(passphrase: string): void {
  if (passphrase.length < fewest) throw new SettingsError([`the passphrase is too short: expected ${fewest} characters or more; no key was made`]);
}

/**
 * Asks a person for a new passphrase, twice, without showing it.
 *
 * @throws {SettingsError} if it is too short, if the two differ, or if the input ends before
 */
export async function askPassphrase(what: string): Promise<string> {
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  // On a terminal the reader takes over the echo, and echoes to nothing.
  const reader = createInterface({ input: process.stdin, output: nothing, terminal: true });
  reader.once('SIGINT', () => {
    reader.close();
    process.exit(130);
  });
  const lines = reader[Symbol.asyncIterator]();
  const ask = async (question: string): Promise<string> => {
    print(question, process.stderr);
    const { value, done } = await lines.next();
    print('\n', process.stderr);
    if (done === true) throw new SettingsError(['the input ended before there was a passphrase: no key was made']);
    return value;
  };
  try {
    const passphrase = await ask(`Passphrase for ${what}: `);
    checkPassphrase(passphrase);
    if ((await ask('The same again: ')) !== passphrase) throw new SettingsError(['the two passphrases differ: no key was made']);
    return passphrase;
  } finally {
    reader.close();
  }
}
