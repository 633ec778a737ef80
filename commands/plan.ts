import { parseArgs } from 'node:util';
import { loadChecks } from '../kit/checks.ts';
import { exitCodes } from '../kit/finish.ts';
import { runChecksInProcess } from '../kit/inProcess.ts';
import { planOf, planText } from '../kit/plan.ts';
import { openSession } from '../kit/session.ts';
import { environment, readSettings, SettingsError } from '../kit/settings.ts';
import { startReference } from '../reference/server.ts';

// `npm run plan -- --profile nightly`: what a run of a profile would send. What is sent depends on what is answered, so the kit
// judges its own reference server, and tells what it was asked; the target is sent nothing.
const reference = await startReference();
try {
  const settings = readSettings(environmentOf(readProfile()));
  const { maxRps: _unlimited, ...rehearsed } = settings;
  const session = await openSession(rehearsed, true);
  await session.begin();
  await runChecksInProcess(session.run, await loadChecks());
  await session.end();
  process.stdout.write(planText(planOf(session.run), settings));
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.problems.join('\n')}\n`);
  process.exitCode = exitCodes.usage;
} finally {
  await reference.close();
}

/** The settings of the environment, with the reference server as the target, and a second client unless a target is set without one. */
function environmentOf(profile: string | undefined): Record<string, string | undefined> {
  const env = environment();
  const [client, other] = reference.clients;
  const alone = env.OAUTH_CLIENT_ID !== undefined && env.OAUTH_OTHER_CLIENT_ID === undefined;
  return {
    ...env,
    OAUTH_PROFILE: profile ?? env.OAUTH_PROFILE,
    OAUTH_BASE_URL: reference.baseUrl,
    OAUTH_ALLOW_PRODUCTION: new URL(reference.baseUrl).host,
    OAUTH_CLIENT_ID: client.id,
    OAUTH_CLIENT_SECRET: client.secret,
    OAUTH_OTHER_CLIENT_ID: alone ? undefined : other.id,
    OAUTH_OTHER_CLIENT_SECRET: alone ? undefined : other.secret,
  };
}

function readProfile(): string | undefined {
  try {
    return parseArgs({ options: { profile: { type: 'string' } } }).values.profile;
  } catch (error) {
    throw new SettingsError([`npm run plan -- --profile NAME: ${(error as Error).message}`]);
  }
}
