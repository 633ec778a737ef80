import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { judge } from '../kit/judgeTarget.ts';
import type { JudgedRequirement } from '../kit/judging/verdict.ts';
import { outputs } from '../kit/reports/folder.ts';
import { startReference } from '../reference/server.ts';
import { command, conformanceIn, run, temporaryFolder } from './support/command.ts';
import { forwardChanged, serve, settingsFor } from './support/servers.ts';
import { assertConformance } from './support/validate.ts';

/** A conforming server whose tokens have ids of another kind: `made` gives one from an id of the reference server, which it ends in. */
async function withIds(t: TestContext, made: (id: string) => string) {
  const { baseUrl, clients, close } = await startReference();
  t.after(close);
  const known = new Map<string, string>();
  const url = await serve(t, (request, response) => {
    const [, id = '', rest = ''] = /^\/oauth\/token\/([^/]+)(\/.*)$/.exec(request.url ?? '') ?? [];
    if (id !== '') request.url = `/oauth/token/${known.get(id) ?? id}${rest}`;
    forwardChanged(baseUrl, request, response, (passed) => {
      const text = passed.body.toString();
      const [, own] = /"type":"token","id":"([0-9a-f]+)"/.exec(text) ?? [];
      if (own !== undefined) known.set(inPath(made(own)), own);
      const changed = text
        .replace(/("type":"token","id":)"([0-9a-f]+)"/g, (_, before: string, each: string) => `${before}${JSON.stringify(made(each))}`)
        .replace(/(\/oauth\/token\/)([0-9a-f]{24})\//g, (_, before: string, each: string) => `${before}${inPath(made(each))}/`);
      passed.body = Buffer.from(changed);
    });
  });
  return { url, clients };
}

/** As a target would put it into a link; half of a surrogate pair as U+FFFD, since there is no other way. */
function inPath(id: string): string {
  return encodeURIComponent(Buffer.from(id).toString());
}

const violated = (requirements: readonly JudgedRequirement[]) => requirements.filter(({ result }) => result === 'violated').map(({ id }) => id);
const failedByItself = (requirements: readonly JudgedRequirement[]) => requirements.filter(({ reason }) => reason?.includes('the check itself failed')).map(({ id, reason }) => `${id}: ${reason}`);

void suite('any string is the id of a token', { concurrency: 2 }, () => {
  for (const [name, made] of Object.entries({
    'with a percent sign': (id: string) => `100%${id}`,
    'with slashes': (id: string) => `a/../b/${id}`,
    'with line ends': (id: string) => `a\r\nb\n${id}`,
    'with a question mark, a number sign and a quote': (id: string) => `?#"'\\${id}`,
    'with an emoji and a direction': (id: string) => `😀\u202e${id}`,
    'of 2,000 characters': (id: string) => 'x'.repeat(2000) + id,
    'with what acts elsewhere': (id: string) => `##[error]::error::<b>&nbsp;${id}`,
  })) {
    void test(name, async (t) => {
      const { url, clients } = await withIds(t, made);
      const [client, otherClient] = clients;
      const { verdict, requirements } = await judge(settingsFor(url, { client, otherClient }));
      assert.deepEqual(failedByItself(requirements), []);
      assert.deepEqual(violated(requirements), []);
      assert.equal(verdict, 'conformant');
    });
  }

  for (const [name, made, says] of [
    ['that no URL can carry, since UTF-8 cannot', (id: string) => `\ud800${id}`, /no URL can carry the id: half of a surrogate pair/],
    ['that means another place in a URL', () => '..', /no URL can carry the id "\.\."/],
    ['that means the same place in a URL', () => '.', /no URL can carry the id "\."/],
  ] as const) {
    void test(`one ${name} accuses nobody, and leaves open what cannot be asked`, async (t) => {
      const { url, clients } = await withIds(t, made);
      const [client, otherClient] = clients;
      const { verdict, requirements } = await judge(settingsFor(url, { client, otherClient }));
      assert.deepEqual(failedByItself(requirements), []);
      assert.deepEqual(violated(requirements), []);
      assert.equal(verdict, 'inconclusive');
      assert.match(requirements.find(({ id }) => id === 'TG-101')?.reason ?? '', says);
      assert.equal(requirements.find(({ id }) => id === 'CT-101')?.result, 'passed');
    });
  }

  void test('groups, organizations and names that UTF-8 cannot carry accuse nobody', async (t) => {
    const { baseUrl, clients, close } = await startReference();
    t.after(close);
    const url = await serve(t, (request, response) =>
      forwardChanged(baseUrl, request, response, (passed) => {
        const text = passed.body.toString().replace(/("id":"[0-9a-z]{5})(cardiology|lakeside)"/g, '$1\\ud800"').replace(/("name":"\w)/g, '$1\\udfff');
        passed.body = Buffer.from(text.replace(/(\/(?:group|organization)\/[0-9a-z]{5})(cardiology|lakeside)/g, '$1%EF%BF%BD'));
      }),
    );
    const [client, otherClient] = clients;
    const { verdict, requirements } = await judge(settingsFor(url, { client, otherClient }));
    assert.deepEqual([failedByItself(requirements), violated(requirements)], [[], []]);
    assert.equal(verdict, 'inconclusive');
    assert.match(requirements.find(({ id }) => id === 'TG-106')?.reason ?? '', /no URL can carry the id/);
    assert.equal(requirements.find(({ id }) => id === 'TG-104')?.result, 'passed');
  });

  void test('one that is empty is blamed for its links, which cannot end as they are documented', async (t) => {
    const { url, clients } = await withIds(t, () => '');
    const { verdict, requirements } = await judge(settingsFor(url, { client: clients[0] }));
    assert.deepEqual([verdict, failedByItself(requirements), violated(requirements)], ['non-conformant', [], ['CT-102', 'CT-302', 'CT-601', 'CT-606']]);
    assert.match(requirements.find(({ id }) => id === 'TG-101')?.reason ?? '', /the token resource has no id: see CT-102/);
  });

  void test('one of 100 KB is refused by the target itself, which is then blamed', async (t) => {
    const { url, clients } = await withIds(t, (id) => 'x'.repeat(100_000) + id);
    const { verdict, requirements } = await judge(settingsFor(url, { client: clients[0] }));
    assert.deepEqual(failedByItself(requirements), []);
    assert.equal(verdict, 'non-conformant');
    assert.ok(violated(requirements).includes('TG-101'), violated(requirements).join());
  });

  void test('a run over one that no URL can carry leaves all of its reports', async (t) => {
    const { url, clients } = await withIds(t, (id) => `\ud800${id}`);
    const [client, other] = clients;
    const reportsDir = temporaryFolder(t);
    const { exitCode, stderr } = await run(command('run'), {
      OAUTH_BASE_URL: url,
      OAUTH_CLIENT_ID: client.id,
      OAUTH_CLIENT_SECRET: client.secret,
      OAUTH_OTHER_CLIENT_ID: other.id,
      OAUTH_OTHER_CLIENT_SECRET: other.secret,
      OAUTH_REPORTS_DIR: reportsDir,
    });
    assert.equal(exitCode, 3, stderr);
    assert.doesNotMatch(stderr, /failed|could not be written/);
    for (const name of Object.values(outputs)) assert.ok(existsSync(join(reportsDir, name)), name);
    assertConformance(conformanceIn(reportsDir));
  });
});
