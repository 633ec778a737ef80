import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, parseDocument } from 'yaml';
import { requirements } from '../contracts/requirements/index.ts';
import { outputs } from '../kit/reports/folder.ts';
import { project, temporaryFolder } from './support/command.ts';

const textOf = (file: string): string => readFileSync(join(project, file), 'utf8');
const example = (name: string): string => textOf(join('examples', name));
const names = readdirSync(join(project, 'examples'));

/** All that a pattern's first group matches, each once. */
function found(pattern: RegExp, text: string): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, group = '']) => group))];
}

test('the examples name settings, scripts and requirements that exist', () => {
  const settings = found(/^(OAUTH_\w+)=/gm, textOf('.env.example'));
  const scripts = Object.keys((JSON.parse(textOf('package.json')) as { scripts: object }).scripts);
  const ids: string[] = requirements.map(({ id }) => id);
  for (const name of names) {
    const text = example(name);
    for (const setting of found(/\b(OAUTH_[A-Z_]+)\b/g, text)) assert.ok(settings.includes(setting), `${name}: ${setting}`);
    for (const script of found(/\bnpm run ([\w-]+)/g, text)) assert.ok(scripts.includes(script), `${name}: ${script}`);
    for (const id of found(/\b((?:CT|TG|TO|X)-\d{3})\b/g, text)) assert.ok(ids.includes(id), `${name}: ${id}`);
  }
});

test('every example that runs the kit gives it a target and a client', () => {
  for (const name of names.filter((each) => !['README.md', 'Containerfile', 'github-targets.yml', 'own-tests.mjs'].includes(each))) {
    for (const setting of ['OAUTH_BASE_URL', 'OAUTH_CLIENT_ID', 'OAUTH_CLIENT_SECRET']) assert.ok(example(name).includes(setting), `${name}: ${setting}`);
  }
});

test('the YAML of the examples is well-formed', () => {
  for (const name of names.filter((each) => /\.ya?ml$/.test(each))) {
    const { errors, warnings } = parseDocument(example(name), { prettyErrors: true });
    assert.deepEqual([...errors, ...warnings].map(({ message }) => message), [], name);
  }
});

test('every action in the examples is pinned to a commit, with its version as a comment', () => {
  const uses = names.flatMap((name) => [...example(name).matchAll(/^[^#\n]*\buses: *(.+)$/gm)].map(([, value = '']) => ({ name, value })));
  assert.ok(uses.length > 10);
  assert.deepEqual(uses.filter(({ value }) => !/^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(value)), []);
  // One version of each, so that the same name means the same code.
  const commits = new Map(uses.map(({ value }) => [value.split('@')[0]?.split('/').slice(0, 2).join('/'), value.split('@')[1]]));
  assert.deepEqual(uses.filter(({ value }) => commits.get(value.split('@')[0]?.split('/').slice(0, 2).join('/')) !== value.split('@')[1]), []);
});

test('the examples keep the reports, the red ones most of all', () => {
  const gitlab = parse(example('gitlab-ci.yml')) as { 'oauth-conformance': { artifacts: object; variables: Record<string, string> } };
  const { artifacts, variables } = gitlab['oauth-conformance'];
  const folder = variables['OAUTH_REPORTS_DIR'] ?? '';
  const reports = { junit: join(folder, outputs.junit) };
  assert.deepEqual(artifacts, { when: 'always', paths: [`${folder}/`], reports, expire_in: '30 days' });
  const github = parse(example('github-actions.yml')) as { jobs: { conformance: { steps: { if?: string; with?: Record<string, string> }[] } } };
  const upload = github.jobs.conformance.steps.find((step) => step.with?.['path'] === 'reports/');
  assert.equal(upload?.if, '${{ always() }}');
  assert.match(example('Jenkinsfile'), new RegExp(`always \\{\\s*junit testResults: 'reports/${outputs.junit}'`));
});

interface CronJob {
  spec: {
    concurrencyPolicy: string;
    jobTemplate: { spec: { backoffLimit: number; activeDeadlineSeconds: number; template: { spec: Pod } } };
  };
}
interface Pod {
  restartPolicy: string;
  securityContext: { runAsNonRoot: boolean; runAsUser: number };
  containers: { env: { name: string; value?: string }[]; securityContext: object; volumeMounts: { name: string; mountPath: string }[] }[];
  volumes: { name: string }[];
}

test('the nightly check runs once, as nobody in particular, and writes to its volumes only', () => {
  const { concurrencyPolicy, jobTemplate } = (parse(example('kubernetes-cronjob.yaml')) as CronJob).spec;
  const { backoffLimit, template } = jobTemplate.spec;
  const { restartPolicy, securityContext, containers, volumes } = template.spec;
  assert.deepEqual({ concurrencyPolicy, backoffLimit, restartPolicy }, { concurrencyPolicy: 'Forbid', backoffLimit: 0, restartPolicy: 'Never' });
  const [container] = containers;
  assert.deepEqual(container?.securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  assert.ok(securityContext.runAsNonRoot);
  assert.match(example('Containerfile'), new RegExp(`^USER ${securityContext.runAsUser}:`, 'm'));
  assert.deepEqual(container.volumeMounts.map(({ name }) => name), volumes.map(({ name }) => name));
  const reports = container.env.find(({ name }) => name === 'OAUTH_REPORTS_DIR')?.value;
  assert.deepEqual(container.volumeMounts.map(({ mountPath }) => mountPath), [reports, '/tmp']);
  for (const { name, value } of container.env) assert.equal(value === undefined, /CLIENT/.test(name), `${name} is a secret if it is of a client`);
});

test('the image holds all that the kit needs to run, and no settings', (t) => {
  const image = temporaryFolder(t);
  const copied = found(/^COPY (.+) \S+$/gm, example('Containerfile')).flatMap((sources) => sources.split(' '));
  assert.ok(!copied.some((source) => source === '.' || source.includes('.env')));
  for (const source of copied) cpSync(join(project, source), join(image, source), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(image, 'node_modules'));
  const entry = JSON.parse(found(/^ENTRYPOINT (.*)$/gm, example('Containerfile'))[0] ?? '') as string[];
  assert.equal(entry.shift(), 'node');
  const listed = execFileSync(process.execPath, [...entry, '--list'], { cwd: image, env: { PATH: process.env['PATH'] }, encoding: 'utf8' });
  for (const { id } of requirements) assert.ok(listed.includes(id), id);
});

test('the examples explain every exit code that the kit has', () => {
  const codes = (text: string) => found(/^\| (\d[\d, ]*) \|/gm, text);
  assert.ok(codes(textOf('README.md')).length > 4);
  assert.deepEqual(codes(example('README.md')), codes(textOf('README.md')));
});
