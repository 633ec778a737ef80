import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playwrightCli, run } from './support/command.ts';

test('requests pass the door as they were meant, in the runner of the checks', async () => {
  const { exitCode, stdout, stderr } = await run([playwrightCli, 'test', '--config', 'selftest/door/playwright.config.ts'], {});
  assert.equal(exitCode, 0, stdout + stderr);
  assert.match(stdout, /\d+ passed/);
});
