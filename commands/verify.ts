import { parseArgs } from 'node:util';
import { readKey } from '../kit/certificate/keys.ts';
import { verify } from '../kit/certificate/verify.ts';
import { exitCodes } from '../kit/finish.ts';
import { printable } from '../kit/reports/text.ts';

// `npm run verify -- FILE --key PUB.pem [--challenge X] [--max-age 30d]`: whether a certificate holds. Exits with 0 where it does, else with 1.
const usage = 'npm run verify -- FILE.tgz --key PUBLIC.pem [--challenge X] [--max-age 30d]';
const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

try {
  const { file, key, challenge, maxAge } = readArguments();
  const { problems, held } = await verify(file, { key, challenge, maxAge });
  process.stdout.write(`${file}\n${held.map((each) => `  ${printable(each)}\n`).join('')}`);
  for (const problem of problems) process.stdout.write(`  NOT VERIFIED: ${printable(problem)}\n`);
  process.stdout.write(problems.length === 0 ? 'verified: the target was conformant\n' : 'not verified\n');
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = exitCodes.usage;
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { key: { type: 'string' }, challenge: { type: 'string' }, 'max-age': { type: 'string' } },
  });
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new Error(`${usage}: it takes one file`);
  if (values.key === undefined) throw new Error(`--key is not given: it takes the file of the public key that the programme has published\n${usage}`);
  const age = values['max-age'];
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(age ?? '') ?? [];
  if (age !== undefined && unit === undefined) throw new Error(`--max-age is not valid: it takes a number of minutes, hours or days, such as 90m, 12h or 30d\n${usage}`);
  const key = readKey('public', values.key, '--key', (name, problem) => {
    throw new Error(`${name} ${problem}`);
  });
  if (!key) throw new Error(usage);
  return { file, key, challenge: values.challenge, maxAge: unit === undefined ? undefined : Number(count) * units[unit as keyof typeof units] };
}
