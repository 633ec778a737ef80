import { parentVariable, proxyNames, type Environment } from './environment.ts';

/** What any process needs: where things are, its language and time zone, and how it may print. */
const system =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|TEMP|TMP|LANG|LANGUAGE|LC_\w+|TZ|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|CI|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT)$/i;

/** What signs a certificate is for the process that writes it alone. */
const signing = /^OAUTH_SIGNING_/;

/** What a whole run needs beyond that: Node's own settings for TLS and memory, and where GitHub Actions shows a summary. */
const ofRun = /^(OAUTH_\w+|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|GITHUB_ACTIONS|GITHUB_STEP_SUMMARY)$/i;

/**
 * The environment of the runner and its worker, which reach nothing but the gateway: the settings, without what signs, and what any
 * process needs. NODE_OPTIONS, NODE_DEBUG, DEBUG and the like do not reach them.
 */
export function runnerEnvironment(env: Environment): Environment {
  return childOf(env, (name) => system.test(name) || (name.startsWith('OAUTH_') && !signing.test(name)));
}

/** The environment of a process that judges a target by itself. */
export function runEnvironment(env: Environment): Environment {
  return childOf(env, (name) => system.test(name) || ofRun.test(name) || proxyNames.includes(name.toLowerCase()));
}

function childOf(env: Environment, isNeeded: (name: string) => boolean): Environment {
  return { ...Object.fromEntries(Object.entries(env).filter(([name]) => isNeeded(name))), [parentVariable]: String(process.pid) };
}
