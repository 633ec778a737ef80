import { groupBy } from './group.ts';
import { SettingsError, type Environment } from './settings.ts';
import { validatorOf } from './validator.ts';
import { readYaml } from './yamlFile.ts';

/** A target of a file of targets: see `contracts/targets.schema.json`. */
export interface NamedTarget {
  readonly name: string;
  readonly baseUrl: string;
  readonly profile?: string;
  readonly allowProduction?: string;
  /** The names of the environment variables that hold the credentials. */
  readonly clientId: string;
  readonly clientSecret: string;
  readonly otherClientId?: string;
  readonly otherClientSecret?: string;
}

const schemaFile = new URL('../contracts/targets.schema.json', import.meta.url);

/**
 * Reads a file of targets.
 *
 * @throws {SettingsError} where it is none
 */
export async function readTargets(file: string): Promise<readonly NamedTarget[]> {
  const takes = 'it takes a YAML list of targets, each with name, baseUrl, and in clientId and clientSecret the names of environment variables';
  const read = await readYaml<NamedTarget[]>(file, validatorOf<NamedTarget[]>(schemaFile));
  if ('problem' in read) throw new SettingsError([`--targets ${read.problem}: ${takes}`]);
  const repeated = [...groupBy(read.value, ({ name }) => name.toLowerCase())].filter(([, group]) => group.length > 1);
  if (repeated.length > 0) throw new SettingsError(repeated.map(([name]) => `--targets has "${name}" more than once: it takes each name once`));
  return read.value;
}

/** The environment in which one of several targets is judged: what counts for all of them, and what is its own. */
export function environmentFor(target: NamedTarget, env: Environment, reportsDir: string): Environment {
  const { baseUrl, profile, allowProduction, clientId, clientSecret, otherClientId, otherClientSecret } = target;
  const valueOf = (variable: string | undefined) => (variable === undefined ? '' : (env[variable] ?? ''));
  return {
    ...env,
    OAUTH_BASE_URL: baseUrl,
    OAUTH_PROFILE: profile ?? env.OAUTH_PROFILE ?? '',
    OAUTH_ALLOW_PRODUCTION: allowProduction ?? '',
    OAUTH_CLIENT_ID: valueOf(clientId),
    OAUTH_CLIENT_SECRET: valueOf(clientSecret),
    OAUTH_OTHER_CLIENT_ID: valueOf(otherClientId),
    OAUTH_OTHER_CLIENT_SECRET: valueOf(otherClientSecret),
    OAUTH_REPORTS_DIR: reportsDir,
  };
}
