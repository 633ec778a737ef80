import assert from 'node:assert/strict';
import { test } from 'node:test';
import { obstacleTo } from '../contracts/release/released.ts';
import { contractVersion } from '../contracts/version.ts';
import { run } from './support/command.ts';

const current = { contract: 'a', rulings: 'b' };

test('a contract that changed after its release needs another version, whatever of it changed', () => {
  assert.equal(obstacleTo('1.0.0', current, {}), undefined);
  assert.equal(obstacleTo('1.0.0', current, { '1.0.0': current }), undefined);
  assert.equal(obstacleTo('1.1.0', current, { '1.0.0': { contract: 'x', rulings: 'y' } }), undefined);
  assert.match(obstacleTo('1.0.0', current, { '1.0.0': { ...current, contract: 'x' } }) ?? '', /^the register or a schema changed since version 1\.0\.0/);
  assert.match(obstacleTo('1.0.0', current, { '1.0.0': { contract: 'x', rulings: 'y' } }) ?? '', /^the register or a schema and docs\/rulings\.md changed/);
});

test('the contract is fit to be released under its version', async () => {
  const { exitCode, stdout, stderr } = await run(['--import', '@oxc-node/core/register', 'contracts/release/check.ts'], {});
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, new RegExp(`^version ${contractVersion} of the contract (was not released yet|is what was released)\n$`));
});
