import { readKey } from '../kit/certificate/keys.ts';
import { verify } from '../kit/certificate/verify.ts';
import { printable } from '../kit/reports/text.ts';
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
  process.stdout.write(`${file}\n${held.map((each) => `  ${printable(each)}\n`).join('')}`);
  for (const problem of problems) process.stdout.write(`  NOT VERIFIED: ${printable(problem)}\n`);
  process.stdout.write(problems.length === 0 ? 'verified\n' : 'not verified\n');
  return problems.length === 0 ? 0 : 1;
}
