// The kit inside a provider's own tests, as a library: `node --test own-tests.mjs`, with the settings in the environment or in .env.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environment, judge, readSettings, verdictLine } from 'oauth-conformance-kit';

test('the service keeps the contract', async () => {
  const conformance = await judge(readSettings(environment()));
  const violated = conformance.requirements.filter(({ level, result }) => level === 'MUST' && result === 'violated');
  const told = violated.map(({ id, title, findings }) => `${id} ${title}: expected ${findings[0]?.expected}; got ${findings[0]?.actual}`);
  assert.equal(conformance.verdict, 'conformant', [verdictLine(conformance, conformance.cause), ...told].join('\n'));
});
