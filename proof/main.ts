import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exitCodes } from '../kit/finish.ts';
import { writeWhole } from '../kit/reports/folder.ts';
import { environment } from '../kit/settings/settings.ts';
import { holds, subjects, type Proof, type Subject } from './prove.ts';
import { tableOf } from './table.ts';

// `npm run proof`: judges the reference server under every fault and as every variant. `-- --only NAME` for some of them,
// by their name or the id of a requirement; `--verbose` says what was blocked, too.
const { only, verbose } = readArguments();
const unknown = only.filter((each) => !subjects().some((subject) => isNamed(subject, each)));
if (unknown.length > 0) usage(`--only ${unknown.join(',')} selects nothing: it takes the name of a fault or a variant, or the id of a requirement`);
const chosen = subjects().filter((subject) => only.length === 0 || only.some((each) => isNamed(subject, each)));
const table = tableOf(chosen);
const env = environment();
const reportsDir = env.OAUTH_REPORTS_DIR ?? 'reports';

console.log(table.header);
const started = Date.now();
const proofs: Proof[] = [];
const waiting = [...chosen];
const worker = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Proves one subject after another in a process of its own, until none is left. */
async function work(): Promise<void> {
  const child = fork(worker, { execArgv: ['--import', '@oxc-node/core/register'] });
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`a process of the proof ended before its work was done, with ${code}`);
  });
  const next = async (): Promise<unknown> => ((await Promise.race([once(child, 'message'), gone])) as unknown[])[0];
  await next();
  for (let subject = waiting.shift(); subject; subject = waiting.shift()) {
    child.send(subject.deviation.name);
    const proof = (await next()) as Proof;
    proofs.push(proof);
    console.log(table.row(proof, verbose));
  }
  gone.catch(() => {});
  child.disconnect();
}

// One more than there are cores, for the pauses that some subjects force on the kit.
await Promise.all(Array.from({ length: Math.min(waiting.length, availableParallelism() + 1) }, work));

const failed = proofs.filter((proof) => !holds(proof));
const faults = proofs.filter(({ kind }) => kind === 'fault');
const variants = proofs.filter(({ kind }) => kind === 'variant');
await mkdir(reportsDir, { recursive: true });
await writeWhole(join(reportsDir, 'proof.json'), `${JSON.stringify({ durationMs: Date.now() - started, proofs }, null, 2)}\n`);
console.log(
  `${faults.filter(({ missed }) => missed.length === 0).length} of ${faults.length} faults caught, ` +
    `${faults.filter(({ accused }) => accused.length === 0).length} blamed exactly; ` +
    `${variants.filter(holds).length} of ${variants.length} variants free of accusations; ` +
    `${((Date.now() - started) / 1000).toFixed(0)} s`,
);
if (failed.length > 0) process.exitCode = 1;

function readArguments(): { readonly only: readonly string[]; readonly verbose: boolean } {
  try {
    const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, verbose: { type: 'boolean' } } });
    return { only: (values.only ?? []).flatMap((each) => each.split(',')), verbose: values.verbose === true };
  } catch (error) {
    return usage((error as Error).message);
  }
}

function isNamed({ deviation, violates }: Subject, given: string): boolean {
  return given === deviation.name || violates.includes(given);
}

function usage(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(exitCodes.usage);
}
