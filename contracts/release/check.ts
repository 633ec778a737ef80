import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { contractDigest, contractVersion } from '../version.ts';
import { obstacleTo, type Released } from './released.ts';

// `npm run release:check`: fails where the contract changed and its version did not. With `-- --record`, it also writes down what is
// being released, for the checks to come.
const file = new URL('released.json', import.meta.url);
const released = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Released>;
const rulings = createHash('sha256').update(readFileSync(new URL('../../docs/rulings.md', import.meta.url))).digest('hex');
const current = { contract: contractDigest(), rulings };
const obstacle = obstacleTo(contractVersion, current, released);
if (obstacle !== undefined) {
  process.stderr.write(`${obstacle}\n`);
  process.exitCode = 1;
} else {
  if (process.argv.includes('--record')) writeFileSync(file, `${JSON.stringify({ ...released, [contractVersion]: current }, null, 2)}\n`);
  process.stdout.write(`version ${contractVersion} of the contract ${released[contractVersion] ? 'is what was released' : 'was not released yet'}\n`);
}
