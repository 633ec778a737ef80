import { createHmac } from 'node:crypto';
import { bytes, header, type Exchange } from './exchange.ts';

/** Secrets shorter than this are too likely to occur by chance to be searched for. */
export const shortestSearched = 8;

const secretMembers = ['access_token', 'refresh_token', 'client_secret'] as const;
const memberPattern = new RegExp(`("(?:${secretMembers.join('|')})"\\s*:\\s*)"((?:[^"\\\\]|\\\\.)*)"`, 'g');
const bearerPattern = /\b(Bearer|Basic)(\s+)([A-Za-z0-9\-._~+/]{8,}=*)/gi;

/** The forms in which a value may stand in a text. */
export function encodings(value: string): string[] {
  const raw = Buffer.from(value);
  const jsonEscaped = JSON.stringify(value).slice(1, -1);
  const base64 = raw.toString('base64');
  return [
    ...new Set([value, jsonEscaped, encodeURIComponent(value), base64, base64.replace(/=+$/, ''), raw.toString('base64url')]),
  ];
}

/**
 * Replaces secrets by placeholders. The same secret gives the same placeholder wherever the same key is used, so that a
 * reader can follow a token from one exchange to the next, and processes agree without talking to each other.
 */
export class Redactor {
  readonly #key: string;
  readonly #placeholders = new Map<string, string>();

  /** @param key a secret of the run, so that a placeholder says nothing about its value */
  constructor(key: string) {
    this.#key = key;
  }

  /** @param name what the value is, for its placeholder: `access_token` */
  learn(value: string, name: string): void {
    if (value.length < shortestSearched || this.#placeholders.has(value)) return;
    const mark = createHmac('sha256', this.#key).update(value).digest('hex').slice(0, 6);
    for (const form of encodings(value)) this.#placeholders.set(form, `[${name} ${mark}]`);
  }

  /** Learns the secrets of an exchange: documented members of its bodies, and credentials in `Authorization`. */
  learnFrom({ request, answer }: Exchange): void {
    for (const message of [request, answer]) {
      if (!message?.body) continue;
      for (const [, key = '', value = ''] of bytes(message).toString().matchAll(memberPattern)) {
        this.learn(unescape(value), /\w+/.exec(key)?.[0] ?? 'secret');
      }
    }
    const credentials = header(request, 'authorization')?.split(/\s+/).at(-1);
    if (credentials) this.learn(credentials, 'authorization');
  }

  /** By value for all secrets learned, then by key for those that were never seen. */
  redact(text: string): string {
    const byLength = [...this.#placeholders].toSorted(([a], [b]) => b.length - a.length);
    let redacted = text;
    for (const [value, placeholder] of byLength) redacted = redacted.replaceAll(value, placeholder);
    return redacted
      .replace(memberPattern, (whole, key: string, value: string) => (isPlaceholder(value) ? whole : `${key}"[redacted]"`))
      .replace(bearerPattern, (_, scheme: string, space: string) => `${scheme}${space}[redacted]`);
  }
}

function isPlaceholder(value: string): boolean {
  return /^\[\w+ [0-9a-f]{6}\]$/.test(value) || value === '';
}

function unescape(value: string): string {
  try {
    return String(JSON.parse(`"${value}"`));
  } catch {
    return value;
  }
}
