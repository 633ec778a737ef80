import { header, type Header } from '../target/exchange.ts';
import type { Redacted, Redactor } from './redaction.ts';

let redactor: Redactor | undefined;

/** Sets what `redact` knows: that of the run whose checks are running in this process. */
export function useRedactor(known: Redactor): Redactor {
  return (redactor = known);
}

/** Replaces every secret that this process has seen, by the placeholders that all processes of the run use. */
export function redact(text: string): Redacted {
  return redactor?.redact(text) ?? (text as Redacted);
}

/** The beginning of a text. It is cut after it was redacted: no filter knows a secret of which a part is missing. */
export function abbreviated(text: string, most: number): Redacted {
  const whole = redact(text);
  return whole.length > most ? (`${whole.slice(0, most)}…` as Redacted) : whole;
}

/** Type and subtype of a `Content-Type` as they are shown, in lower case and without parameters; undefined where absent. */
export function shownMediaType(message: { readonly headers: readonly Header[] }): Redacted | undefined {
  const contentType = header(message, 'content-type');
  return contentType === undefined ? undefined : (redact(contentType).split(';')[0]?.trim().toLowerCase() as Redacted);
}
