import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'dotenv';

/** The environment as a map of names to values. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that cannot be used. `problems` has a sentence for each, with the variable's name and what it takes. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * The environment variable that the kit sets for each process that it starts, to its own process id: the environment then holds all
 * settings, without the `.env` of the folder, and the other variables of the kit come from the kit.
 */
export const parentVariable = 'KIT_PARENT';

/** The variables that say which proxy is used, in small letters. Their names count in any case. */
export const proxyNames: readonly string[] = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'];

/** What `.env` may set. Anything else in it, such as NODE_OPTIONS or PATH, could act on the processes that the kit starts. */
const isRead = (name: string): boolean => /^OAUTH_/i.test(name) || proxyNames.includes(name.toLowerCase());

/** Names that mean something to Node.js, the runner, the system or the kit, and so name no credentials. */
const reserved = /^(NODE_|KIT_|PW|PLAYWRIGHT_|ALLURE_|LD_|DYLD_|NPM_|(PATH|HOME|USERPROFILE|TMPDIR|TEMP|TMP|SHELL|IFS|ENV|BASH_ENV|DEBUG|CI)$)/i;

/**
 * The environment over the file `.env` of the working directory. An empty variable counts as unset in both. `.env` sets what the kit
 * reads (`OAUTH_*`, and the proxy) and nothing else.
 *
 * @param more further variables that `.env` may set, as a file of targets names them for its credentials
 * @throws {SettingsError} if the file is there and cannot be read, or if a variable of the kit was set by someone else
 */
export function environment(env: Environment = process.env, file = '.env', more: readonly string[] = []): Environment {
  const fromFile = parentOf(env) === undefined ? readDotenv(file) : {};
  const set = new Set(Object.keys(withoutEmpty(env)).map((name) => name.toLowerCase()));
  const isOverruled = (name: string) => proxyNames.includes(name.toLowerCase()) && set.has(name.toLowerCase());
  const read = Object.entries(fromFile).filter(([name]) => (isRead(name) && !isOverruled(name)) || (more.includes(name) && !reserved.test(name)));
  return { ...withoutEmpty(Object.fromEntries(read)), ...withoutEmpty(env) };
}

/** A note on what `.env` sets and the kit does not read, by name and without a value; undefined if there is nothing of the kind. */
export function noteOnDotenv(env: Environment = process.env, file = '.env', more: readonly string[] = []): string | undefined {
  if (parentOf(env) !== undefined) return undefined;
  const ignored = Object.keys(readDotenv(file)).filter((name) => !isRead(name) && !more.includes(name));
  if (ignored.length === 0) return undefined;
  const shown = ignored.slice(0, 5).join(', ');
  return `note: ${file} also sets ${shown}${ignored.length > 5 ? ` and ${ignored.length - 5} more` : ''}: the kit reads OAUTH_* and the proxy from it, and ignores the rest\n`;
}

/**
 * The id of the process of the kit that started this one; undefined if the user started it.
 *
 * @throws {SettingsError} if the variable names another process: that parent has died since, or the variable is not the kit's
 */
export function parentOf(env: Environment): number | undefined {
  const parent = env[parentVariable];
  if (parent === undefined) return undefined;
  // The runner sets it to its own id, for its workers.
  if ([process.ppid, process.pid].includes(Number(parent))) return Number(parent);
  throw new SettingsError([`${parentVariable} is set, but not to the parent of this process: only the kit sets it, for the processes that it starts; unset it`]);
}

function readDotenv(file: string): Record<string, string> {
  try {
    return existsSync(file) ? parse(readFileSync(file)) : {};
  } catch (error) {
    throw new SettingsError([`${file} cannot be read (${(error as NodeJS.ErrnoException).code}): it takes a file of settings that the user of this run may read, or none`]);
  }
}

function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}
