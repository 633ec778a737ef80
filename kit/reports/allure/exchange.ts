import type { HttpExchange } from 'allure-js-commons';
import type { Redactor } from '../../secrets/redaction.ts';
import { bytes, header, type Exchange, type Header } from '../../target/exchange.ts';

/** So much of a body is shown, in characters. */
const shown = 16 * 1024;

/**
 * An exchange as Allure shows one (`application/vnd.allure.http+json`): headers in the order in which they were sent, bodies with
 * the length of what was sent or received. What stands in place of secrets has another length.
 */
export function httpExchange({ url, request, answer, failure, startedAt, durationMs }: Exchange, redactor: Redactor): HttpExchange {
  const start = Date.parse(startedAt);
  const headers = (all: readonly Header[]) => all.map((line) => redactor.redactHeader(line)).map(([name, value]) => ({ name, value }));
  const body = (message: Parameters<typeof header>[0] & { readonly body?: string }) => {
    const raw = bytes(message);
    if (raw.length === 0) return {};
    const text = redactor.redact(raw.toString());
    return {
      body: {
        // The viewer shows nothing of a body of another type, or a form that is none. The header says what it was.
        contentType: /json/i.test(header(message, 'content-type') ?? '') ? 'application/json' : 'text/plain',
        encoding: 'utf8' as const,
        value: text.slice(0, shown),
        size: raw.length,
        truncated: text.length > shown,
      },
    };
  };
  return {
    schemaVersion: 1,
    request: { method: request.method, url: redactor.redact(url), headers: headers(request.headers), ...body(request) },
    ...(answer && { response: { status: answer.status, headers: headers(answer.headers), ...body(answer) } }),
    ...(failure && { error: { name: failure.kind, message: redactor.redact(failure.message) } }),
    start,
    stop: Math.round(start + durationMs),
  };
}
