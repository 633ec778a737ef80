import { readKey } from '../kit/certificate/keys.ts';
import { verify } from '../kit/certificate/verify.ts';
import { print } from '../kit/print.ts';
import { inLine } from '../kit/printable.ts';
import { SettingsError } from '../kit/settings/settings.ts';

/** What a certificate is verified by. `maxAge` is in milliseconds. */
export interface VerifyOptions {
  readonly key: string;
  readonly challenge?: string;
  readonly maxAge?: number;
}

/** Tells whether a certificate holds. @returns the exit code: 0 where it does, else 1 */
export async function verifyCertificate(file: string, { key: keyFile, challenge, maxAge }: VerifyOptions): Promise<number> {
  const key = readKey('public', keyFile, '--key', (name, problem) => {
    throw new SettingsError([`${name} ${problem}`]);
  });
  if (!key) return 1;
  const { problems, held } = await verify(file, { key, challenge, maxAge });
  print(`${file}\n${held.map((each) => `  ${inLine(each)}\n`).join('')}`);
  for (const problem of problems) print(`  NOT VERIFIED: ${inLine(problem)}\n`);
  print(problems.length === 0 ? 'verified\n' : 'not verified\n');
  return problems.length === 0 ? 0 : 1;
}
