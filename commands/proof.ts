import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { writeWhole } from '../kit/reports/folder.ts';
import { environment } from '../kit/settings.ts';
import { holds, prove, subjects, type Proof } from '../proof/prove.ts';
import { startReference } from '../reference/server.ts';

// `npm run proof`: judges the reference server under every fault and as every variant. `-- --only NAME` for some of them,
// by their name or the id of a requirement; `--verbose` says what was blocked, too.
const args = process.argv.slice(2);
const only = args.flatMap((arg, i) => (args[i - 1] === '--only' ? arg.split(',') : []));
const chosen = subjects().filter(({ deviation, violates }) => only.length === 0 || only.some((each) => each === deviation.name || violates.includes(each)));
const env = environment();
const reportsDir = env.OAUTH_REPORTS_DIR ?? 'reports';

const started = Date.now();
const reference = await startReference();
// Two judge at a time on two cores; a third fills the pauses that some faults force on the kit.
const limit = pLimit(3);
const proofs = await Promise.all(
  chosen.map((subject) =>
    limit(async () => {
      const proof = await prove(subject, reference, env);
      print(proof);
      return proof;
    }),
  ),
);
await reference.close();

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
