import { setTimeout as pause } from 'node:timers/promises';
import { cpus } from 'node:os';
import { command, conformanceIn, run, temporaryFolder } from '../selftest/support/command.ts';
import { watchMemory } from '../selftest/support/memory.ts';
import { forward, serve, type Scope } from '../selftest/support/servers.ts';
import { reference } from '../selftest/support/targets.ts';

// `npm run bench`: how long a command takes and how much memory, from its start to its end, against the reference server
// with a delay before each answer. Prints a table in Markdown.

/** Each is run so many times, in turns, so that a slow moment of the machine does not fall on one of them. */
const rounds = 3;
const commands = {
  gate: ['run'],
  'one requirement': ['run', '--grep', 'TG-101'],
  certification: ['certify'],
} as const;
const cases = [
  { name: 'gate', delayMs: 0 },
  { name: 'gate', delayMs: 20 },
  { name: 'gate', delayMs: 100 },
  { name: 'one requirement', delayMs: 0 },
  { name: 'certification', delayMs: 0 },
] as const satisfies readonly { readonly name: keyof typeof commands; readonly delayMs: number }[];

type Environment = Record<string, string> & { readonly OAUTH_REPORTS_DIR: string };

interface Measured {
  readonly seconds: number;
  readonly memoryMb: number;
  readonly requests: number;
}

const ends: (() => void | Promise<void>)[] = [];
const scope: Scope = { after: (end) => void ends.push(end) };
try {
  const measured = await measureAll();
  console.log(`Node.js ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}), ${rounds} runs each, the middle one (least to most)\n`);
  console.log('| command | delay of an answer | requests | time | memory |\n| --- | --- | --- | --- | --- |');
  for (const [{ name, delayMs }, runs] of measured) {
    const range = (of: (each: Measured) => number, unit: string, digits: number) => {
      const sorted = runs.map(of).toSorted((a, b) => a - b).map((value) => value.toFixed(digits));
      return `${sorted[Math.floor(sorted.length / 2)]} ${unit} (${sorted[0]} to ${sorted.at(-1)})`;
    };
    console.log(`| ${name} | ${delayMs} ms | ${runs[0]?.requests} | ${range(({ seconds }) => seconds, 's', 1)} | ${range(({ memoryMb }) => memoryMb, 'MB', 0)} |`);
  }
} finally {
  for (const end of ends.toReversed()) await end();
}

async function measureAll() {
  const { env } = await reference(scope);
  const results = new Map<(typeof cases)[number], Measured[]>(cases.map((each) => [each, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [{ name, delayMs }, runs] of results) {
      const [first, ...more] = commands[name];
      const reportsDir = temporaryFolder(scope);
      const baseUrl = await serve(scope, (incoming, response) => void pause(delayMs).then(() => forward(env.OAUTH_BASE_URL, incoming, response)));
      runs.push(await measure(command(first, ...more), { ...env, OAUTH_BASE_URL: baseUrl, OAUTH_REPORTS_DIR: reportsDir }));
    }
  }
  return results;
}

async function measure(args: readonly string[], env: Environment): Promise<Measured> {
  const started = performance.now();
  let memory = () => 0;
  const { exitCode, stderr } = await run(args, env, (pid) => (memory = watchMemory(pid)));
  const measured = { seconds: (performance.now() - started) / 1000, memoryMb: memory() };
  if (exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  return { ...measured, requests: conformanceIn(env.OAUTH_REPORTS_DIR).requests.total };
}
