import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { project } from './support/command.ts';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
  readonly dev?: boolean;
}

const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> };
const installed = Object.entries(lock.packages).filter(([path]) => path !== '');

/** Licences that may stand beside MIT in what is given away. */
const compatible = ['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'Python-2.0', 'CC0-1.0', 'Unlicense'];

/** The licence of a package. Old manifests have a list of `licenses`, which the lockfile leaves out. */
function licenseOf(path: string, { license }: Locked): string {
  if (license !== undefined) return license;
  const manifest = JSON.parse(readFileSync(join(project, path, 'package.json'), 'utf8')) as { licenses?: { type: string }[] };
  return (manifest.licenses ?? []).map(({ type }) => type).join(' AND ');
}

/** Of what serves development alone: CC-BY-4.0 for data that a tool brings along, MPL-2.0 for files that are not changed. */
const inDevelopment = [...compatible, 'CC-BY-4.0', 'MPL-2.0'];

/** Whether an SPDX expression has a choice that is among these. */
function permits(licences: readonly string[], license: string): boolean {
  return license
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((each) => licences.includes(each.trim())));
}

test('every package is locked to a version and to its content', () => {
  assert.ok(installed.length > 50);
  assert.deepEqual(installed.filter(([, { version, integrity }]) => !version || !integrity).map(([path]) => path), []);
});

test('no package runs anything when it is installed', () => {
  assert.deepEqual(installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path), []);
});

test('every licence is compatible with MIT', () => {
  const others = installed.flatMap(([path, locked]) => {
    const license = licenseOf(path, locked);
    return permits(locked.dev ? inDevelopment : compatible, license) ? [] : [`${path}: ${license}`];
  });
  assert.deepEqual(others, []);
});

test('what is depended on is pinned to one version each', () => {
  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  assert.deepEqual(ranges, []);
});
