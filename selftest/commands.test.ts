import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeOverview } from '../commands/overview.ts';
import { command, project, run, temporaryFolder } from './support/command.ts';

test('what a command cannot have is told in a line, and never as the verdict of a target', async (t) => {
  const dir = temporaryFolder(t);
  const file = join(dir, 'file');
  writeFileSync(file, '');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  for (const [args, env, says] of [
    [['reference', '--port', String(port)], {}, /^--port names a port that cannot be had \(EADDRINUSE\): it takes one that is free, or 0\n$/],
    [['reference'], { PORT: 'abc' }, /^error: option '--port <number>' value 'abc' from env 'PORT' is invalid\. It takes a number from 0 to 65535\.\n/],
    [['index', dir], { OAUTH_REPORTS_DIR: file }, /cannot be read \(ENOENT\): it takes the conformance\.json of a run\n$/],
    [['keygen', join(dir, 'none', 'key')], {}, /none\/key\.pub\.pem cannot be written \(ENOENT\): it takes a name in a folder that is there and can be written to\n$/],
    [['replay', dir], {}, /: it is no file\n$/],
  ] as const) {
    const { exitCode, stderr } = await run(command(...(args as readonly [string, ...string[]])), env);
    assert.deepEqual([exitCode, says.test(stderr)], [2, true], `${args.join(' ')}: ${exitCode} ${stderr}`);
  }
});

test('a reader of the output that has seen enough changes no exit code', async () => {
  const child = spawn(process.execPath, command('list', '--json'), { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [exitCode] = (await once(child, 'close')) as [number];
  assert.deepEqual([exitCode, stderr], [0, '']);
});

test('the reference server takes an empty PORT for none', async () => {
  const child = spawn(process.execPath, command('reference'), { cwd: project, env: { ...process.env, PORT: '' }, stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGTERM');
  const [exitCode] = (await once(child, 'close')) as [number];
  assert.deepEqual([exitCode, /^The reference server listens on http:\/\/127\.0\.0\.1:\d+$/m.test(printed.toString())], [0, true]);
});

test('an index that cannot be written is a problem of the settings', async (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  await assert.rejects(writeOverview([], file), { name: 'SettingsError', message: /^OAUTH_REPORTS_DIR names a folder that cannot be written to \(ENOTDIR\)/ });
});
