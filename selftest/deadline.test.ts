import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deadline } from '../kit/target/deadline.ts';

const never = new Promise<never>(() => {});

test('a deadline ends a wait for what never comes', async () => {
  const deadline = new Deadline(1);
  await assert.rejects(deadline.race(never), { name: 'AbortError' });
  assert.deepEqual([deadline.timedOut, deadline.signal.aborted], [true, true]);
});

test('a deadline that is abandoned ends the wait before its time', async () => {
  const deadline = new Deadline(60_000);
  const wait = deadline.race(never);
  deadline.abandon();
  await assert.rejects(wait, { name: 'AbortError' });
  assert.deepEqual([deadline.timedOut, deadline.signal.aborted], [false, true]);
  deadline.clear();
});

test('work that settles in time gives its own result', async () => {
  const deadline = new Deadline(60_000);
  assert.equal(await deadline.race(Promise.resolve(1)), 1);
  await assert.rejects(deadline.race(Promise.reject(new Error('its own'))), /its own/);
  deadline.clear();
  assert.equal(deadline.signal.aborted, false);
});
