import { gatewayVariable } from './control.ts';
import { clearReports } from './reports/folder.ts';
import { openSession, type Session } from './session.ts';
import { environment, readSettings } from './settings.ts';

/** The session of a run that was started with `npx playwright test`, so that nobody else holds one. */
let own: Session | undefined;

export function ownSession(): Session | undefined {
  return own;
}

/** Opens the door for the checks, where the kit's command has not done so already. */
export default async function globalSetup(): Promise<void> {
  if (process.env[gatewayVariable] !== undefined) return;
  const settings = readSettings(environment());
  await clearReports(settings.reportsDir);
  own = await openSession(settings, false);
  process.env[gatewayVariable] = own.gatewayUrl;
}
