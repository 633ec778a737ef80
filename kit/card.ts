import type { Requirement } from '../contracts/requirements/index.ts';
import { bytes, type Exchange, type Header } from './exchange.ts';
import type { Finding } from './outcome.ts';

/** What a violation says, the same wherever it is shown. Plain text of several lines. */
export function card({ id, level, title, statement, source }: Requirement, findings: readonly Omit<Finding, 'exchanges'>[]): string {
  return [
    `${id} (${level}) ${title}`,
    `  requirement: ${statement}`,
    `  source:      ${source}`,
    ...findings.map(findingText),
  ].join('\n');
}

function findingText({ case: name, expected, actual, inconsistent }: Omit<Finding, 'exchanges'>): string {
  const again = inconsistent ? '\n    inconsistent: the same request, sent once more, was answered as expected' : '';
  return `  case "${name}"\n    expected: ${expected}\n    actual:   ${actual}${again}`;
}

/** An exchange as text: the request as sent, then the answer as received, bodies decoded and JSON indented. */
export function transcript(exchange: Exchange): string {
  const { request, answer, failure, earlier } = exchange;
  return [
    `${request.method} ${exchange.url}`,
    ...headerLines(request.headers),
    '',
    bodyText(request),
    ...(earlier.length > 0 ? [`(before this, the same request came to: ${earlier.join(', ')})`] : []),
    failure ? `no answer: ${failure.message}` : `${answer?.status} after ${exchange.durationMs} ms`,
    ...headerLines(answer?.headers ?? []),
    '',
    answer ? bodyText(answer) : '',
  ].join('\n');
}

function headerLines(headers: readonly Header[]): string[] {
  return headers.map(([name, value]) => `${name}: ${value}`);
}

function bodyText(message: { readonly body?: string }): string {
  const body = bytes(message).toString();
  try {
    return `${JSON.stringify(JSON.parse(body), null, 2)}\n`;
  } catch {
    return body === '' ? '' : `${body}\n`;
  }
}
