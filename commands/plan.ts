import { loadChecks } from '../kit/runner/checks.ts';
import { runChecksInProcess } from '../kit/runner/inProcess.ts';
import { planOf, planText } from '../kit/plan.ts';
import { print } from '../kit/print.ts';
import { openSession } from '../kit/session.ts';
import { environment, readSettings, type Environment } from '../kit/settings/settings.ts';
import { startReference, type Reference } from '../reference/server.ts';

/**
 * Tells what a run of a profile would send. What is sent depends on what is answered, so the kit judges its own reference server, and
 * tells what that was asked; the target is sent nothing.
 */
export async function plan(profile: string | undefined): Promise<void> {
  const reference = await startReference();
  try {
    const settings = readSettings(environmentOf(reference, profile));
    const { maxRps: _unlimited, ...rehearsed } = settings;
    const session = await openSession(rehearsed, true);
    await session.begin();
    await runChecksInProcess(session.run, await loadChecks());
    await session.end();
    print(planText(planOf(session.run), settings));
  } finally {
    await reference.close();
  }
}

/** The settings of the environment, with the reference server as the target, and a second client unless a target is set without one. */
function environmentOf(reference: Reference, profile: string | undefined): Environment {
  const env = environment();
  const [client, other] = reference.clients;
  const planned = profile ?? env.OAUTH_PROFILE;
  const alone = env.OAUTH_CLIENT_ID !== undefined && env.OAUTH_OTHER_CLIENT_ID === undefined;
  return {
    ...env,
    OAUTH_PROFILE: planned,
    OAUTH_BASE_URL: reference.baseUrl,
    OAUTH_ALLOW_PRODUCTION: planned === 'nightly' ? new URL(reference.baseUrl).host : undefined,
    OAUTH_CLIENT_ID: client.id,
    OAUTH_CLIENT_SECRET: client.secret,
    OAUTH_OTHER_CLIENT_ID: alone ? undefined : other.id,
    OAUTH_OTHER_CLIENT_SECRET: alone ? undefined : other.secret,
  };
}
