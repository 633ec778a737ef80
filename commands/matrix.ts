import { stringify } from 'yaml';
import { groupBy } from '../kit/group.ts';
import { printRaw } from '../kit/print.ts';
import { SettingsError } from '../kit/settings/settings.ts';
import { readTargets } from '../kit/settings/targets.ts';
import { shellQuoted } from '../kit/shell.ts';
import { kitVersion } from '../kit/version.ts';
import type { Engine } from './engines.ts';

/**
 * Prints what makes an engine judge the targets of a file on machines of its own, a job each, which runs the same command with
 * `--target`: a matrix for GitHub Actions (in one line, for `fromJSON`) or GitLab, or Jobs for Kubernetes.
 */
export async function matrix(file: string, engine: Engine): Promise<void> {
  const names = (await readTargets(file)).map(({ name }) => name);
  printRaw(texts[engine](names, file));
}

const texts: Readonly<Record<Engine, (names: readonly string[], file: string) => string>> = {
  github: (names) => `${JSON.stringify({ target: names })}\n`,
  gitlab: (names, file) =>
    stringify({
      'oauth-conformance': {
        parallel: { matrix: [{ TARGET: names }] },
        script: [`npx oauth-conformance-kit@${kitVersion} run --targets ${quoted(file)} --target "$TARGET"`],
        artifacts: { when: 'always', paths: ['reports/'] },
      },
    }),
  kubernetes: (names) => {
    const problems = [...groupBy(names, jobNameOf)].flatMap(([jobName, group]) => [
      ...(group.length > 1 ? [`--targets has ${group.join(' and ')}, whose Jobs would both be called ${jobName}: it takes names that differ in more than their case or a sign`] : []),
      ...(jobName.length > longestJobName ? [`--targets has ${group[0]}, whose Job would be called ${jobName}: it takes names of ${longestJobName - jobNameOf('').length} characters at most for Kubernetes`] : []),
    ]);
    if (problems.length > 0) throw new SettingsError(problems);
    return names.map((name) => stringify(jobOf(name))).join('---\n');
  },
};

/** So that the name of its Pod, which is longer, can be a label. */
const longestJobName = 57;

/** A name as RFC 1123 has it for a label: lower case, digits and hyphens, none at its end. */
function jobNameOf(target: string): string {
  return `oauth-conformance-${target.toLowerCase().replaceAll('_', '-').replace(/-+$/, '')}`;
}

/** A file's name as a shell takes it, quoted only where it has to be. */
function quoted(file: string): string {
  return /^[\w./-]+$/.test(file) ? file : shellQuoted(file);
}

/** A Job for the image of the Containerfile, with the targets in a ConfigMap and the credentials in a Secret, by the variables that the targets name. */
function jobOf(name: string): object {
  const container = {
    name: 'conformance',
    image: `registry.example.com/oauth-conformance-kit:${kitVersion}`,
    args: ['--targets', '/targets/targets.yaml', '--target', name],
    envFrom: [{ secretRef: { name: 'oauth-conformance' } }],
    env: [{ name: 'OAUTH_REPORTS_DIR', value: '/reports' }],
    volumeMounts: [
      { name: 'targets', mountPath: '/targets', readOnly: true },
      { name: 'reports', mountPath: '/reports' },
    ],
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: jobNameOf(name) },
    spec: {
      backoffLimit: 0,
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [container],
          volumes: [
            { name: 'targets', configMap: { name: 'oauth-conformance-targets' } },
            { name: 'reports', emptyDir: {} },
          ],
        },
      },
    },
  };
}
