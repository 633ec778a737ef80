import { startReference } from '../../reference/server.ts';
import { temporaryFolder } from './command.ts';
import type { Scope } from './servers.ts';

/** The secret of a client that no server of the tests knows. */
export const secret = 'canary-of-the-client-secret';

/** The variables for a target, and a reports folder of its own. */
export function target(t: Scope, baseUrl: string, more: Record<string, string> = {}) {
  const OAUTH_REPORTS_DIR = temporaryFolder(t);
  const env = { OAUTH_BASE_URL: baseUrl, OAUTH_CLIENT_ID: 'client', OAUTH_CLIENT_SECRET: secret, OAUTH_REPORTS_DIR, ...more };
  return { env, reportsDir: OAUTH_REPORTS_DIR };
}

/** The reference server for the length of a test, and the variables to judge it with. */
export async function reference(t: Scope, more: Record<string, string> = {}, secrets?: readonly [string, string]) {
  const { baseUrl, clients, close } = await startReference(secrets ? { secrets } : {});
  t.after(close);
  const [client, other] = clients;
  return target(t, baseUrl, {
    OAUTH_CLIENT_ID: client.id,
    OAUTH_CLIENT_SECRET: client.secret,
    OAUTH_OTHER_CLIENT_ID: other.id,
    OAUTH_OTHER_CLIENT_SECRET: other.secret,
    ...more,
  });
}
