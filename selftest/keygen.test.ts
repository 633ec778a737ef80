import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { exposuresIn } from '../kit/secrets/scan.ts';
import { Secrets } from '../kit/secrets/redaction.ts';
import { command, project, run, temporaryFolder } from './support/command.ts';
import { amid, descendantsOf, linux } from './support/processes.ts';

const passphrase = 'canary of the passphrase';
const modeOf = (path: string) => statSync(path).mode & 0o777;

/** Runs `keygen` on a terminal, and types a line at each prompt. */
async function onTerminal(t: TestContext, args: readonly string[], lines: readonly string[]) {
  const quoted = [process.execPath, ...command('keygen', ...args)].map((arg) => `'${arg}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', quoted, '/dev/null'], { cwd: project, env: { ...process.env, OAUTH_SIGNING_KEY_PASSPHRASE: '' } });
  t.after(() => void child.kill('SIGKILL'));
  let [printed, typed] = ['', 0];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    const prompts = printed.match(/: (?=\r?$|\r?\n)|again: /gm)?.length ?? 0;
    for (; typed < Math.min(prompts, lines.length); typed++) child.stdin.write(lines[typed] ?? '');
  });
  const [exitCode] = (await once(child, 'close')) as [number];
  return { exitCode, printed };
}

test('on a terminal, a passphrase is asked for twice, is not shown, and encrypts the key', linux, async (t) => {
  const path = join(temporaryFolder(t), 'programme');
  const { exitCode, printed } = await onTerminal(t, [path], [`${passphrase}\r`, `${passphrase}\r`]);
  assert.equal(exitCode, 0, printed);
  assert.match(printed, /Passphrase for .*programme\.key\.pem: [^]*The same again: [^]*It is encrypted: OAUTH_SIGNING_KEY_PASSPHRASE gives a run the passphrase\./);
  assert.ok(!printed.includes('canary'), printed);
  const pem = readFileSync(`${path}.key.pem`, 'utf8');
  assert.match(pem, /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
  assert.equal(modeOf(`${path}.key.pem`), 0o600);
  assert.throws(() => createPrivateKey(pem));
  assert.equal(createPrivateKey({ key: pem, passphrase }).asymmetricKeyType, 'ed25519');
});

test('a passphrase that is too short, or typed otherwise the second time, makes no key, and neither does Ctrl-C or Ctrl-D', linux, async (t) => {
  const dir = temporaryFolder(t);
  for (const [lines, code, says] of [
    [['short\r'], 2, /the passphrase is too short: expected 8 characters or more; no key was made/],
    [[`${passphrase}\r`, 'another canary\r'], 2, /the two passphrases differ: no key was made/],
    [['\u0003'], 130, /Passphrase for /],
    [['\u0004'], 2, /the input ended before there was a passphrase: no key was made/],
  ] as const) {
    const { exitCode, printed } = await onTerminal(t, [join(dir, 'programme')], lines);
    assert.deepEqual([exitCode, says.test(printed), readdirSync(dir)], [code, true, []], printed);
  }
});

test('a private key is written into no git work tree, and without a path into the user\'s own folder', async (t) => {
  const dir = temporaryFolder(t);
  for (const repository of ['clone', 'worktree']) mkdirSync(join(dir, repository, 'deep/er'), { recursive: true });
  mkdirSync(join(dir, 'clone/.git'));
  writeFileSync(join(dir, 'worktree/.git'), 'gitdir: elsewhere\n');
  symlinkSync(join(dir, 'clone/deep'), join(dir, 'link'));
  for (const path of ['clone/programme', 'clone/deep/er/programme', 'worktree/deep/programme', 'link/programme']) {
    const { exitCode, stderr } = await run(command('keygen', join(dir, path)), {});
    assert.equal(exitCode, 2);
    assert.match(stderr, /^.*programme\.key\.pem would lie in the git work tree .*, where a commit could publish it: expected a path outside of one, such as /);
    assert.ok(!existsSync(join(dir, `${path}.pub.pem`)));
  }
  const settings = join(dir, 'settings');
  const { exitCode, stdout } = await run(command('keygen', 'programme'), { XDG_CONFIG_HOME: settings, OAUTH_SIGNING_KEY_PASSPHRASE: passphrase });
  assert.equal(exitCode, 0);
  assert.ok(!stdout.includes('canary'));
  const own = join(settings, 'oauth-conformance-kit');
  assert.deepEqual([modeOf(own), modeOf(join(own, 'programme.key.pem')), readdirSync(own)], [0o700, 0o600, ['programme.key.pem', 'programme.pub.pem']]);
  assert.match(readFileSync(join(own, 'programme.key.pem'), 'utf8'), /ENCRYPTED/);
  const home = await run(command('keygen'), { XDG_CONFIG_HOME: 'relative', HOME: join(dir, 'home') });
  assert.equal(home.exitCode, 0, home.stderr);
  assert.ok(existsSync(join(dir, 'home/.config/oauth-conformance-kit/certificate.key.pem')));
});

test('git ignores private keys in a clone of the kit', () => {
  assert.match(readFileSync(join(project, '.gitignore'), 'utf8'), /^\*\.key\.pem$/m);
});

test('the passphrase of a key signs a certificate, and reaches no output and no other process', linux, async (t) => {
  const keys = join(temporaryFolder(t), 'programme');
  const given = { OAUTH_SIGNING_KEY_PASSPHRASE: passphrase };
  assert.equal((await run(command('keygen', keys), given)).exitCode, 0);
  let [pid, environments]: [number, string] = [0, ''];
  const { env, reportsDir } = await amid(t, () => {
    environments = descendantsOf(pid).map((child) => readFileSync(`/proc/${child}/environ`, 'utf8') + readFileSync(`/proc/${child}/cmdline`, 'utf8')).join('\0');
  });
  const { exitCode, stdout, stderr } = await run(command('certify'), { ...env, ...given, OAUTH_SIGNING_KEY_FILE: `${keys}.key.pem` }, (id) => (pid = id));
  assert.equal(exitCode, 0, stdout + stderr);
  assert.ok(environments.includes('OAUTH_CLIENT_SECRET') && !environments.includes('OAUTH_SIGNING_'));
  writeFileSync(join(reportsDir, 'printed.txt'), stdout + stderr);
  const secrets = new Secrets();
  secrets.add(passphrase, '[passphrase]');
  assert.deepEqual(await exposuresIn([reportsDir], secrets), []);
  const [, file = ''] = /^Certificate: (\S+)$/m.exec(stdout) ?? [];
  assert.equal((await run(command('verify', file, '--key', `${keys}.pub.pem`), {})).exitCode, 0);
});
