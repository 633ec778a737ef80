import { startReference } from '../reference/server.ts';

/** `npm run reference`: serves until SIGINT or SIGTERM, on `PORT` or a free one. */
const { baseUrl, clients, close } = await startReference({ port: Number(process.env['PORT'] ?? 0) });

const [client] = clients;
const body = {
  data: {
    type: 'token',
    attributes: { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret },
  },
};

console.log(`The reference server listens on ${baseUrl}

Its clients, new at every start and of two organizations:
${clients.map(({ id, secret }) => `  client_id ${id}  client_secret ${secret}`).join('\n')}

Create a token:
  curl -i ${baseUrl}/oauth/token -H 'Content-Type: application/vnd.api+json' -d '${JSON.stringify(body)}'

Fetch its groups, given its id and access_token:
  curl -i ${baseUrl}/oauth/token/$ID/groups -H "Authorization: Bearer $ACCESS_TOKEN"
`);

const stop = (): void => void close();
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
