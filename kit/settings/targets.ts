import { groupBy } from '../group.ts';
import { SettingsError, type Environment } from './settings.ts';
import { validatorOf } from '../validator.ts';
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
  readonly waivers?: string;
  readonly baseline?: string;
  readonly history?: string;
}

/** The members of a target that name the variables of its credentials, by the settings that these are given as. */
const credentials = {
  OAUTH_CLIENT_ID: 'clientId',
  OAUTH_CLIENT_SECRET: 'clientSecret',
  OAUTH_OTHER_CLIENT_ID: 'otherClientId',
  OAUTH_OTHER_CLIENT_SECRET: 'otherClientSecret',
} as const satisfies Record<string, keyof NamedTarget>;
const settings = Object.entries(credentials);

const schemaFile = new URL('../../contracts/targets.schema.json', import.meta.url);

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

/** The environment variables that targets name for their credentials. */
export function variablesOf(targets: readonly NamedTarget[]): readonly string[] {
  return targets.flatMap((each) => settings.flatMap(([, member]) => each[member] ?? []));
}

/** What is wrong with the variables that a target names, a sentence each. */
export function unsetIn(target: NamedTarget, env: Environment): readonly string[] {
  return settings.flatMap(([, member]) => {
    const variable = target[member];
    return variable === undefined || env[variable] !== undefined ? [] : [`${member} names the variable ${variable}, which is not set`];
  });
}

/** What gives a shell the credentials of a target under the names that the reports call them by. */
export function exportsOf(target: NamedTarget): string {
  const named = settings.flatMap(([setting, member]) => (target[member] === undefined ? [] : [`${setting}="$${target[member]}"`]));
  return `export ${named.join(' ')}`;
}

/**
 * The environment in which one of several targets is judged: what counts for all of them, and what is its own.
 *
 * @param all every target of the file, whose credentials are nothing for this one
 */
export function environmentFor(target: NamedTarget, all: readonly NamedTarget[], env: Environment, reportsDir: string): Environment {
  const variables = new Set(variablesOf(all));
  const shared = Object.fromEntries(Object.entries(env).filter(([name]) => !variables.has(name)));
  const own = settings.map(([setting, member]) => [setting, env[target[member] ?? ''] ?? ''] as const);
  return {
    ...shared,
    ...Object.fromEntries(own),
    OAUTH_BASE_URL: target.baseUrl,
    OAUTH_REPORTS_DIR: reportsDir,
    OAUTH_PROFILE: target.profile ?? shared.OAUTH_PROFILE ?? '',
    // That of all counts, too: it keeps what is in production from being asked for more.
    OAUTH_ALLOW_PRODUCTION: target.allowProduction ?? shared.OAUTH_ALLOW_PRODUCTION ?? '',
    OAUTH_WAIVERS_FILE: target.waivers ?? shared.OAUTH_WAIVERS_FILE ?? '',
    OAUTH_BASELINE: target.baseline ?? shared.OAUTH_BASELINE ?? '',
    OAUTH_HISTORY_FILE: target.history ?? shared.OAUTH_HISTORY_FILE ?? '',
  };
}
