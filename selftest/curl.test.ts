import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { loadChecks } from '../kit/runner/checks.ts';
import { runChecksInProcess } from '../kit/runner/inProcess.ts';
import { preflight } from '../kit/target/preflight.ts';
import { conformanceOf } from '../kit/reports/conformance.ts';
import { Run } from '../kit/target/run.ts';
import { readSettings } from '../kit/settings/settings.ts';
import { reference } from './support/targets.ts';

const shell = promisify(execFile);

/** Faults that show in requests of every kind: without headers, with near misses, tokens, ids, and bytes that are no text. */
const faults = [
  'missing-content-type-sniffed',
  'wrong-types-as-400',
  'bodies-read-as-latin-1-when-flat',
  'secret-padded-with-space',
  'query-merged-into-attributes',
  'refresh-token-compared-by-prefix',
  'groups-401-for-basic',
  'groups-with-an-empty-header',
  'organization-405-with-data',
  'secret-in-a-header',
];

/** Secrets of whatever a client may be given: what shells, printf, JSON, URLs and headers have a meaning for, a line end, Latin-1 and an emoji. */
const secrets = {
  'of letters and digits': undefined,
  'with all that means something': ['5%-off %s%41 "q" \'s\' \\n $HOME `id` $(id) !x', 'a&b=c+d/e~1 <f> #g;h|i*j?k[l]{m}@n'],
  'with a line end': ['first line\nsecond "line"', 'tab\tand\r\nmore of it'],
  'beyond ASCII': ['caf\u00e9-\u00fc\u00df-latin', 'k\u{1f511}ey-\u4e2d\u6587-\u{1f600}'],
} as const;

for (const [kind, pair] of Object.entries(secrets)) {
  for (const fault of pair ? faults.slice(0, 6) : faults) cardsOf(fault, kind, pair);
}

function cardsOf(fault: string, kind: string, pair: readonly [string, string] | undefined): void {
  test(`what a failure card says to run gets the answer that the run got: ${fault}, with a secret ${kind}`, async (t) => {
    const { env } = await reference(t, {}, pair);
    const target = { ...env, OAUTH_BASE_URL: `${env.OAUTH_BASE_URL}/fault/${fault}` };
    const run = new Run(readSettings(target));
    t.after(() => run.close());
    await preflight(run);
    await runChecksInProcess(run, await loadChecks());
    const findings = conformanceOf(run, true).requirements.flatMap((each) => each.findings);
    assert.ok(findings.length > 0);
    for (const { case: name, exchange, reproduce = '' } of findings.slice(0, 12)) {
      const [, status] = /-> (\d+)/.exec(exchange) ?? [];
      assert.doesNotMatch(reproduce, /\[(redacted|\w+ [0-9a-f]{6})\]/, `${name}: what was redacted cannot be run`);
      assert.ok(!run.redactor.secrets.standIn(Buffer.from(reproduce)), `${name}: a secret stands in ${reproduce}`);
      const { stdout } = await shell('sh', ['-c', reproduce], { env: { PATH: process.env.PATH, ...target }, encoding: 'latin1' });
      assert.equal(/^HTTP\/1\.1 (\d+)/.exec(stdout)?.[1], status, `${name}\n${reproduce}\n${stdout}`);
    }
  });
}
