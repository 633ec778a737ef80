import { request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { bodyOf, serve, type Scope } from './servers.ts';

/** A request as it arrived at a server, and the status and body of its answer. */
export interface Arrived {
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

/** Whatever `instead` answers itself never reaches the target. */
export type Instead = (response: ServerResponse, position: number) => boolean;

/** A server that passes everything on to a target, and counts what arrived. */
export async function counting(t: Scope, target: string, instead: Instead = () => false) {
  const arrived: Arrived[] = [];
  let position = 0;
  const baseUrl = await serve(t, (request, response) => void count(request, response));
  return { baseUrl, arrived };

  async function count(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = performance.now();
    const { method = '', url = '', headers, rawHeaders } = request;
    const replaced = instead(response, position++);
    const sent = await bodyOf(request);
    const seen = { at, method, url, contentType: headers['content-type'], authorization: headers.authorization, body: sent.toString() };
    if (replaced) {
      arrived.push({ ...seen, status: response.statusCode, answer: '' });
      return;
    }
    const { hostname, port, pathname } = new URL(target);
    const path = pathname.replace(/\/$/, '') + url;
    const outgoing = sendRequest({ hostname, port, path, method, headers: rawHeaders }, (answer) => {
      void bodyOf(answer).then((body) => {
        arrived.push({ ...seen, status: answer.statusCode ?? 0, answer: body.toString() });
        response.writeHead(answer.statusCode ?? 0, answer.rawHeaders).end(method === 'HEAD' ? undefined : body);
      });
    });
    outgoing.on('error', () => response.destroy());
    outgoing.end(sent);
  }
}
