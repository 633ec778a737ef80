import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWhole } from '../kit/reports/folder.ts';
import { environment } from '../kit/settings.ts';
import { holds, subjects, type Proof } from '../proof/prove.ts';

// `npm run proof`: judges the reference server under every fault and as every variant. `-- --only NAME` for some of them,
// by their name or the id of a requirement; `--verbose` says what was blocked, too.
const args = process.argv.slice(2);
const only = args.flatMap((arg, i) => (args[i - 1] === '--only' ? arg.split(',') : []));
const chosen = subjects().filter(({ deviation, violates }) => only.length === 0 || only.some((each) => each === deviation.name || violates.includes(each)));
const env = environment();
const reportsDir = env.OAUTH_REPORTS_DIR ?? 'reports';

const started = Date.now();
const proofs: Proof[] = [];
const waiting = [...chosen];
const worker = fileURLToPath(new URL('../proof/worker.ts', import.meta.url));

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
    print(proof);
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
if (failed.length > 0 || chosen.length === 0) process.exitCode = 1;

function print(proof: Proof): void {
  const { kind, name, violates, missed, accused, blocked, verdict, durationMs } = proof;
  const caught = kind === 'variant' ? '' : missed.length === 0 ? 'caught' : `MISSED ${missed.join(' ')}`;
  const exact = accused.length === 0 ? 'exact' : `ACCUSED ${accused.length}`;
  console.log(
    `${holds(proof) ? 'ok  ' : 'FAIL'} ${kind} ${name} [${violates.join(' ')}] ${caught} ${exact}, ` +
      `${blocked.length} blocked, ${verdict}, ${(durationMs / 1000).toFixed(1)} s`,
  );
  for (const each of accused) console.log(`       accused  ${each}`);
  if (args.includes('--verbose')) for (const each of blocked) console.log(`       blocked  ${each}`);
}
