import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { exposuresIn } from '../kit/secrets/scan.ts';
import { isSearched, Redactor, Secrets } from '../kit/secrets/redaction.ts';
import { command, conformanceIn, playwrightCli, run, temporaryFolder, type Ended } from './support/command.ts';
import { forward, serve } from './support/servers.ts';
import { reference } from './support/targets.ts';

/** Every secret that passes through: those of the clients, and whatever token the server gives. */
class Watched {
  readonly #values = new Set<string>();

  constructor(env: Readonly<Record<string, string>>) {
    for (const name of ['OAUTH_CLIENT', 'OAUTH_OTHER_CLIENT']) {
      const [id, secret] = [env[`${name}_ID`] ?? '', env[`${name}_SECRET`] ?? ''];
      this.#values.add(secret);
      this.#values.add(Buffer.from(`${id}:${secret}`).toString('base64'));
    }
  }

  learn(body: string): void {
    for (const [, value = ''] of body.matchAll(/"(?:access|refresh)_token":"([^"]+)"/g)) this.#values.add(value);
  }

  /** Asserts that none of them stands in what a run printed and wrote, in any form. */
  async assertNowhere({ stdout, stderr }: Ended, dirs: readonly string[]): Promise<void> {
    assert.ok(this.#values.size > 20, 'too few tokens were seen');
    const secrets = new Secrets();
    for (const value of this.#values) secrets.add(value, value.slice(0, 3));
    const printed = join(dirs[0] ?? '', 'printed.txt');
    writeFileSync(printed, stdout + stderr);
    assert.deepEqual(await exposuresIn(dirs, secrets), []);
  }
}

/** A server with a fault, and the secrets that pass through. */
async function watchedTarget(t: TestContext, fault: string) {
  const { env, reportsDir } = await reference(t);
  const watched = new Watched(env);
  const url = await serve(t, (request, response) => {
    const end = response.write.bind(response) as (chunk: Buffer) => boolean;
    response.write = ((chunk: Buffer) => {
      watched.learn(chunk.toString());
      return end(chunk);
    }) as typeof response.write;
    forward(`${env.OAUTH_BASE_URL}${fault}`, request, response);
  });
  return { env: { ...env, OAUTH_BASE_URL: url }, reportsDir, watched };
}

for (const fault of ['', '/fault/request-repeated-in-refusals', '/fault/secret-in-a-header']) {
  test(`no secret reaches an output: ${fault || 'a conforming target'}`, async (t) => {
    const { env, reportsDir, watched } = await watchedTarget(t, fault);
    let listing = '';
    const ended = await run(command('run'), env, (pid) => {
      const look = setInterval(() => (listing += commandLines(pid)), 200);
      t.after(() => clearInterval(look));
    });
    assert.equal(ended.exitCode, fault ? 1 : 0, ended.stdout + ended.stderr);
    for (const name of ['OAUTH_CLIENT_SECRET', 'OAUTH_OTHER_CLIENT_SECRET'] as const) {
      assert.ok(!listing.includes((env as Record<string, string>)[name] ?? ''), 'a secret stands in the arguments of a process');
    }
    await watched.assertNowhere(ended, [reportsDir]);
  });
}

test('reporters of the runner that its user chooses leak nothing either', async (t) => {
  const { env, reportsDir, watched } = await watchedTarget(t, '/fault/request-repeated-in-refusals');
  const other = temporaryFolder(t);
  const ended = await run([playwrightCli, 'test', '--reporter=list,json,html,junit'], {
    ...env,
    DEBUG: 'pw:api',
    PLAYWRIGHT_HTML_OPEN: 'never',
    PLAYWRIGHT_HTML_OUTPUT_DIR: join(other, 'html'),
    PLAYWRIGHT_JSON_OUTPUT_NAME: join(other, 'results.json'),
    PLAYWRIGHT_JUNIT_OUTPUT_NAME: join(other, 'results.xml'),
  });
  assert.match(ended.stdout, /CT-101/);
  assert.ok(readdirSync(other).length >= 3, readdirSync(other).join(' '));
  await watched.assertNowhere(ended, [other, reportsDir]);
});

test('a secret that is short or a common word is replaced where it stands as a value, and warned about once', async (t) => {
  const { env, reportsDir } = await reference(t);
  const { stdout, exitCode } = await run([...command('run'), '--grep', 'CT-506'], { ...env, OAUTH_OTHER_CLIENT_SECRET: 'password' });
  assert.equal(exitCode, 0, stdout);
  assert.equal(stdout.match(/^note: OAUTH_OTHER_CLIENT_SECRET is short or a common word/gm)?.length, 1);
  assert.equal(conformanceIn(reportsDir).verdict, 'conformant');
  assert.equal(isSearched('password'), false);
  const redactor = new Redactor('key');
  redactor.learn('password', 'client_secret');
  const told = redactor.redact('the grant password, {"client_secret":"password"}, ?client_secret=password&x, token=password');
  assert.match(told, /^the grant password, \{"client_secret":"\[client_secret \w{6}\]"\}, \?client_secret=\[client_secret \w{6}\]&x, token=\[client_secret \w{6}\]$/);
});

test('the scanner opens archives and what is encoded, and names the place', async (t) => {
  const dir = temporaryFolder(t);
  const secret = 'canary-9f2d-of-the-scanner';
  const secrets = new Secrets();
  secrets.add(secret, '[client_secret 000000]');
  const text = Buffer.from(`{"trace": "${'x'.repeat(80)} ${secret}"}`);
  mkdirSync(join(dir, 'deep/er'), { recursive: true });
  const files: Record<string, Uint8Array> = {
    'plain.txt': text,
    'deep/er/page.html': Buffer.from(`<script>d("${text.toString('base64')}")</script>`),
    'trace.zip': zipSync({ 'a/b.json': text }),
    'bundle.tgz': gzipSync(text),
    'nested.zip': zipSync({ 'inner.gz': gzipSync(text) }),
    'clean.txt': Buffer.from(secret.slice(0, -1)),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  const places = (await exposuresIn([dir], secrets)).map(({ place }) => place.slice(dir.length + 1)).toSorted();
  assert.deepEqual(places, [
    'bundle.tgz (gzip)',
    'deep/er/page.html',
    'nested.zip (inner.gz) (gzip)',
    'plain.txt',
    'trace.zip (a/b.json)',
  ]);
});

/** The arguments of a process and of all that it started. */
function commandLines(pid: number): string {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') + children.map(commandLines).join('');
  } catch {
    return '';
  }
}
