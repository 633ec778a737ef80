import type { FullConfig } from '@playwright/test';
import { gatewayVariable, shownVariable } from './control.ts';
import type { Session } from '../session.ts';
import { print } from '../print.ts';
import { environment, noteOnDotenv, parentOf, parentVariable } from '../settings/environment.ts';
import { readSettings } from '../settings/settings.ts';

/** The session of a run that was started with `npx playwright test`, so that nobody else holds one. */
let own: Session | undefined;

export function ownSession(): Session | undefined {
  return own;
}

/**
 * What the workers, which take their environment from this process, are not given: what has them print or record what is sent, or
 * report to others; what signs a certificate; and variables of the kit that it has not set.
 */
const notForWorkers = /^(DEBUG$|NODE_DEBUG$|PW|ALLURE_|KIT_(?!SCRATCH$)|OAUTH_SIGNING_)/;

/** Opens the door for the checks, where the kit's command has not done so already. */
export default async function globalSetup({ projects }: FullConfig): Promise<void> {
  if (parentOf(process.env) === undefined) await openOwn(projects);
  // The workers start later, and find all settings in their environment.
  process.env[parentVariable] = String(process.pid);
}

async function openOwn(projects: FullConfig['projects']): Promise<void> {
  if (projects.some(({ use: { trace = 'off' } }) => trace !== 'off')) {
    throw new Error('--trace is not taken: a trace records credentials as they are sent; the reports hold every exchange that matters, redacted');
  }
  const env = environment();
  print(noteOnDotenv() ?? '', process.stderr);
  // Loaded only here: where the kit's command holds the session, the runner would keep all of this in memory for nothing.
  const [{ prepareReports }, { openSession }] = await Promise.all([import('../reports/prepare.ts'), import('../session.ts')]);
  Object.assign(process.env, env);
  for (const name of Object.keys(process.env)) if (notForWorkers.test(name)) delete process.env[name];
  const settings = readSettings(env);
  own = await openSession(settings, false, await prepareReports(settings));
  await own.begin();
  process.env[gatewayVariable] = own.gatewayUrl;
  process.env[shownVariable] = '1';
}
