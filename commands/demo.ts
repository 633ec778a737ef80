import { judgeCommand } from '../kit/command.ts';
import { environment } from '../kit/settings/settings.ts';
import { startReference } from '../reference/server.ts';

/**
 * Judges the reference server like any other target. The environment's target and credentials do not reach it; the other
 * settings do.
 */
export async function demo(args: readonly string[]): Promise<void> {
  const reference = await startReference();
  const [client, otherClient] = reference.clients;
  try {
    const target = {
      OAUTH_BASE_URL: reference.baseUrl,
      OAUTH_CLIENT_ID: client.id,
      OAUTH_CLIENT_SECRET: client.secret,
      OAUTH_OTHER_CLIENT_ID: otherClient.id,
      OAUTH_OTHER_CLIENT_SECRET: otherClient.secret,
    };
    const env = environment();
    const allowed = env.OAUTH_PROFILE === 'nightly' ? new URL(reference.baseUrl).host : undefined;
    await judgeCommand({ ...env, ...target, OAUTH_ALLOW_PRODUCTION: allowed }, args, true);
  } finally {
    await reference.close();
  }
}
