import { startReference } from '../reference/server.ts';
import { print } from '../kit/print.ts';
import { SettingsError } from '../kit/settings/settings.ts';

/**
 * Serves until SIGINT or SIGTERM.
 *
 * @param port 0 for a free one
 * @throws {SettingsError} where it cannot be had
 */
export async function serveReference(port: number): Promise<void> {
  const { baseUrl, clients, close } = await startReference({ port }).catch(({ code }: NodeJS.ErrnoException) => {
    throw new SettingsError([`--port names a port that cannot be had (${code}): it takes one that is free, or 0`]);
  });
  // Before anybody is told that it is there, and may end it.
  const stop = (): void => void close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const [client] = clients;
  const body = {
    data: {
      type: 'token',
      attributes: { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret },
    },
  };

  print(`The reference server listens on ${baseUrl}

Its clients, new at every start and of two organizations:
${clients.map(({ id, secret }) => `  client_id ${id}  client_secret ${secret}`).join('\n')}

Create a token:
  curl -i ${baseUrl}/oauth/token -H 'Content-Type: application/vnd.api+json' -d '${JSON.stringify(body)}'

Fetch its groups, given its id and access_token:
  curl -i ${baseUrl}/oauth/token/$ID/groups -H "Authorization: Bearer $ACCESS_TOKEN"

`);
}
