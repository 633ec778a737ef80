import type { FullConfig } from '@playwright/test';
import { gatewayVariable, shownVariable } from './control.ts';
import { prepareReports } from '../reports/prepare.ts';
import { quiet } from './runner.ts';
import { openSession, type Session } from '../session.ts';
import { environment, readSettings } from '../settings/settings.ts';

/** The session of a run that was started with `npx playwright test`, so that nobody else holds one. */
let own: Session | undefined;

export function ownSession(): Session | undefined {
  return own;
}

/** Opens the door for the checks, where the kit's command has not done so already. */
export default async function globalSetup({ projects }: FullConfig): Promise<void> {
  if (process.env[gatewayVariable] !== undefined) return;
  if (projects.some(({ use: { trace = 'off' } }) => trace !== 'off')) {
    throw new Error('--trace is not taken: a trace records credentials as they are sent; the reports hold every exchange that matters, redacted');
  }
  // The workers, which start later, take their environment from here.
  for (const name of Object.keys(process.env)) if (!(name in quiet(process.env))) delete process.env[name];
  const settings = readSettings(environment());
  own = await openSession(settings, false, await prepareReports(settings));
  await own.begin();
  process.env[gatewayVariable] = own.gatewayUrl;
  process.env[shownVariable] = '1';
}
