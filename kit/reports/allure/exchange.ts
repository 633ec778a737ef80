import type { HttpExchange } from 'allure-js-commons';
import type { Redacted, Redactor } from '../../secrets/redaction.ts';
import { bytes, header, type Exchange, type Header } from '../../target/exchange.ts';

/** So much of a body is shown, in characters. */
const most = 16 * 1024;

/**
 * An exchange as Allure shows one (`application/vnd.allure.http+json`): headers in the order in which they were sent, bodies with
 * the length of what was sent or received. What stands in place of secrets has another length.
 *
 * @param shown how a text is shown that is redacted already
 */
export function httpExchange({ url, request, answer, failure, startedAt, durationMs }: Exchange, redactor: Redactor, shown: (text: Redacted) => string): HttpExchange {
  const start = Date.parse(startedAt);
  const headers = (all: readonly Header[]) => all.map((line) => redactor.redactHeader(line)).map(([name, value]) => ({ name: shown(name), value: shown(value) }));
  const body = (message: Parameters<typeof header>[0] & { readonly body?: string }) => {
    const raw = bytes(message);
    if (raw.length === 0) return {};
    const text = shown(redactor.redact(raw.toString()));
    return {
      body: {
        // The viewer shows nothing of a body of another type, or a form that is none. The header says what it was.
        contentType: /json/i.test(header(message, 'content-type') ?? '') ? 'application/json' : 'text/plain',
        encoding: 'utf8' as const,
        value: text.slice(0, most),
        size: raw.length,
        truncated: text.length > most,
      },
    };
  };
  return {
    schemaVersion: 1,
    request: { method: request.method, url: shown(redactor.redact(url)), headers: headers(request.headers), ...body(request) },
    ...(answer && { response: { status: answer.status, headers: headers(answer.headers), ...body(answer) } }),
    ...(failure && { error: { name: failure.kind, message: shown(redactor.redact(failure.message)) } }),
    start,
    stop: Math.round(start + durationMs),
  };
}
