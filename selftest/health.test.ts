import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { FailureKind } from '../kit/target/exchange.ts';
import { Health } from '../kit/target/health.ts';
import type { Attempt } from '../kit/target/target.ts';
import { answer } from './support/exchanges.ts';

// Time stands still here but where a test lets it pass: the limits are told to the millisecond.
mock.timers.enable({ apis: ['Date'] });

const [creates, groups, organization] = ['oauth/token?include=groups', 'oauth/token/1/groups', 'oauth/token/2/organization'] as const;

/** An attempt that began so many milliseconds ago. */
function answered(status: number, ago = 0): Attempt {
  return { answer: answer(status, ''), startedAt: new Date(Date.now() - ago), durationMs: 1 };
}

function failed(kind: FailureKind, ago = 0): Attempt {
  return { failure: { kind, message: `it failed by ${kind}` }, startedAt: new Date(Date.now() - ago), durationMs: 1 };
}

/** What is said after each of the attempts. */
function causes(...attempts: readonly (readonly [path: string, attempt: Attempt])[]) {
  const health = new Health();
  return attempts.map(([path, attempt]) => health.after(path, attempt)?.message);
}

test('two time-outs in a row end the run, with an answer between them none', () => {
  assert.deepEqual(causes([creates, failed('timeout')], [groups, failed('timeout')]), [undefined, '2 requests in a row timed out: it failed by timeout']);
  assert.deepEqual(causes([creates, failed('timeout')], [creates, answered(403)], [creates, failed('timeout')]), [undefined, undefined, undefined]);
  assert.deepEqual(causes([creates, failed('timeout')], [creates, failed('reset')], [creates, failed('timeout')]), [undefined, undefined, undefined]);
});

test('an operation that times out twice ends the run, though others are answered between', () => {
  for (const [path, other, name] of [
    [creates, groups, 'oauth/token'],
    [groups, creates, 'oauth/token/{id}/groups'],
    [`${organization}?a=b`, groups, 'oauth/token/{id}/organization'],
  ] as const) {
    assert.deepEqual(causes([path, failed('timeout')], [other, answered(200)], [path.replace('1', '3'), failed('timeout')]), [
      undefined,
      undefined,
      `2 requests in a row to ${name} timed out: it failed by timeout`,
    ]);
  }
});

test('an id that reads like an operation is none', () => {
  const [first, second] = ['oauth/token/groups', 'oauth/token/groupsy'];
  assert.deepEqual(causes([second, failed('timeout')], [first, answered(200)], [creates, failed('timeout')]), [
    undefined,
    undefined,
    '2 requests in a row to oauth/token timed out: it failed by timeout',
  ]);
});

for (const kind of ['refused', 'dns', 'unreachable', 'tls', 'proxy'] as const) {
  test(`three connections in a row that are not opened (${kind}) end the run`, () => {
    const attempt = [creates, failed(kind)] as const;
    assert.deepEqual(causes(attempt, attempt, attempt), [undefined, undefined, `the target went away: it failed by ${kind}`]);
    assert.deepEqual(causes(attempt, attempt, [creates, answered(503)], attempt), [undefined, undefined, undefined, undefined]);
    assert.equal(new Health().after(...attempt), undefined);
  });
}

test('twenty requests in a row without an answer end the run, whatever came in its place', () => {
  const attempts = Array.from({ length: 20 }, (_, i) => [creates, failed(i % 2 === 0 ? 'reset' : 'malformed')] as const);
  const said = causes(...attempts);
  assert.deepEqual(said.slice(0, 19), Array.from({ length: 19 }));
  assert.equal(said[19], '20 requests in a row got no answer: it failed by malformed');
  assert.deepEqual(causes(...attempts.slice(1), [creates, answered(429)], [creates, failed('reset')]).filter(Boolean), []);
});

test('an operation that gets no answer twenty times ends the run, though others are answered between', () => {
  const attempts = Array.from({ length: 20 }, () => [[groups, failed('reset')], [creates, answered(200)]] as const).flat();
  assert.deepEqual(causes(...attempts).filter(Boolean), ['20 requests in a row to oauth/token/{id}/groups got no answer: it failed by reset']);
});

test('15 seconds without a verdict end the run', () => {
  const message = 'the target was not available for 15 s: the last answer was 503';
  assert.deepEqual(causes([creates, answered(503, 14_999)], [creates, answered(503)]), [undefined, undefined]);
  assert.deepEqual(new Health().after(creates, answered(503, 15_000)), { kind: 'unavailable', message });
  assert.deepEqual(causes([creates, answered(503, 14_999)], [creates, answered(200)], [creates, answered(503)]).filter(Boolean), []);
  // What counts is when it began.
  assert.deepEqual(causes([creates, failed('reset', 14_999)], [creates, failed('reset', 20_000)]), [undefined, undefined]);
});

test('an operation without a verdict for 15 seconds ends the run, though others are answered between', () => {
  const health = new Health();
  assert.equal(health.after(groups, answered(504)), undefined);
  mock.timers.tick(15_000);
  assert.equal(health.after(creates, answered(200)), undefined);
  assert.deepEqual(health.after(groups, failed('reset')), {
    kind: 'unavailable',
    message: 'the target was not available for 15 s at oauth/token/{id}/groups: it failed by reset',
  });
});

test('what times out, is not opened or gets no answer is called unreachable', () => {
  for (const kind of ['timeout', 'refused', 'reset'] as const) {
    const health = new Health();
    const said = Array.from({ length: 20 }, () => health.after(creates, failed(kind)));
    assert.equal(said.find(Boolean)?.kind, 'unreachable');
  }
});
