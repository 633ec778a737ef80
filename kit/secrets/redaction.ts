import { createHmac } from 'node:crypto';
import { requirements } from '../../contracts/requirements/index.ts';
import { bytes, header, type Exchange } from '../target/exchange.ts';
import { Search } from './search.ts';

/** Values shorter than this are too likely to occur by chance to be searched for. */
const shortestSearched = 8;

/** No word of ours is longer. */
const longestWord = 40;
const ownWords = `${JSON.stringify(requirements)} oauth-conformance-kit non-conformant inconclusive observed violated`;

/** Whether a value can be told from prose: it is not short, and is no word of the contract's own sentences. */
export function isSearched(value: string): boolean {
  return value.length >= shortestSearched && (value.length > longestWord || !ownWords.includes(value));
}

const names = 'access_?token|refresh_?token|id_?token|client_?secret|password';
// In a string that holds JSON itself, the quotes are escaped. To look behind keeps a run of backslashes from being read from each of them.
const memberPattern = new RegExp(`((?<!\\\\)(\\\\*)"(?:${names})\\2"\\s*:\\s*)\\2"((?:[^"\\\\]|\\\\.)*?)\\2"`, 'gi');
const parameterPattern = new RegExp(`(\\b(?:${names})=)([^&\\s"'<>\`]+)`, 'gi');
const schemePattern = /\b(Bearer|Basic)(\s+)([A-Za-z0-9\-._~+/]{8,}=*)/gi;
const cookiePattern = /^((?:set-)?cookie: *[^=;\s]+=)([^;\r\n]+)/gim;

/**
 * The forms in which a value may stand in a text: as it is, in JSON (also with what Gson and PHP escape, and in a string that
 * holds JSON itself), in HTML, in a URL, and in base64, alone or inside of something longer, such as the pair of Basic credentials.
 */
export function encodings(value: string): string[] {
  return [...new Set(formsOf(value))].filter(({ length }) => length >= shortestSearched);
}

/** Every form, as many for every value, some of them the same. */
export function formsOf(value: string): string[] {
  const raw = Buffer.from(value);
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
  const inPhp = (text: string) => inJson(text).replaceAll('/', '\\/');
  const unit = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const html = value.replace(/[&<>"']/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? '&#39;');
  const json = [inJson(value), inPhp(value), inJson(value).replace(/[<>&='\u007f-\uffff]/g, unit)];
  // A value may be cut inside of a character, which no URL can hold.
  const url = encodeURIComponent(raw.toString());
  const base64 = raw.toString('base64');
  return [
    value,
    ...json,
    ...json.flatMap((inner) => [inJson(inner), inPhp(inner)]),
    html,
    url,
    url.replace(/%20/g, '+'),
    url.replace(/%../g, (escaped) => escaped.toLowerCase()),
    base64,
    base64.replaceAll('=', ''),
    raw.toString('base64url'),
    ...[0, 1, 2].flatMap((offset) => insideBase64(raw, offset)),
    new URLSearchParams({ '': value }).toString().slice(1),
  ];
}

/** The characters that a value has in the base64 of something longer, in which so many bytes too many precede it. */
function insideBase64(raw: Buffer, offset: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), raw]);
  return (['base64', 'base64url'] as const).map((alphabet) =>
    padded.toString(alphabet).slice(Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6)),
  );
}

/**
 * Replaces secrets by placeholders. The same secret gives the same placeholder wherever the same key is used, so that a
 * reader can follow a token from one exchange to the next, and processes agree without talking to each other.
 */
export class Redactor {
  readonly #key: string;
  /** What is searched for: each value, with its placeholder. */
  readonly #secrets = new Map<string, string>();
  readonly #forms = new Map<string, string>();
  /** What cannot be told from prose, and is replaced only where it stands as a value. */
  readonly #indistinct = new Map<string, string>();
  readonly #search = new Search();

  /** @param key a secret of the run, so that a placeholder says nothing about its value */
  constructor(key: string) {
    this.#key = key;
  }

  /** @param name what the value is, for its placeholder: `access_token` */
  learn(value: string, name: string): void {
    if (value === '' || this.#secrets.has(value) || this.#indistinct.has(value)) return;
    const mark = createHmac('sha256', this.#key).update(value).digest('hex').slice(0, 6);
    const placeholder = `[${name} ${mark}]`;
    if (!isSearched(value)) {
      this.#indistinct.set(value, placeholder);
      return;
    }
    this.#secrets.set(value, placeholder);
    for (const form of encodings(value)) {
      if (this.#forms.has(form)) continue;
      this.#forms.set(form, placeholder);
      this.#search.add(form, placeholder);
    }
  }

  /** The pair of HTTP Basic (RFC 7617), as a secret of its own: it stands for the client and its secret. */
  learnClient({ id, secret }: { readonly id: string; readonly secret: string }, name: string): void {
    this.learn(secret, name);
    this.learn(Buffer.from(`${id}:${secret}`).toString('base64'), `${name}_pair`);
  }

  /** Learns the secrets of an exchange: members of its bodies, parameters of its URL, and credentials in `Authorization`. */
  learnFrom({ request, answer }: Exchange): void {
    for (const message of [request, answer]) {
      if (!message?.body) continue;
      for (const [, key = '', , value = ''] of bytes(message).toString().matchAll(memberPattern)) {
        this.learn(unescape(value), key.replace(/\W/g, '').toLowerCase());
      }
    }
    for (const [, key = '', value = ''] of request.path.matchAll(parameterPattern)) this.learn(decoded(value), key.slice(0, -1));
    const credentials = header(request, 'authorization')?.split(/\s/).at(-1);
    if (credentials && isSearched(credentials)) this.learn(credentials, 'authorization');
  }

  /** All that was learned. */
  get values(): readonly string[] {
    return [...this.#secrets.keys(), ...this.#indistinct.keys()];
  }

  /** Every secret that is searched for in what is written, in each of its forms, with its placeholder. */
  get forms(): ReadonlyMap<string, string> {
    return this.#forms;
  }

  /** By value for all secrets learned, then by key for those that were never seen. */
  redact(text: string): string {
    let redacted = this.#search.replaceIn(text);
    for (const [value, placeholder] of this.#indistinct) {
      redacted = redacted.replace(asValue(value), (_, before: string) => before + placeholder);
    }
    return redacted
      .replace(memberPattern, (whole, key: string, escape: string, value: string) => (isPlaceholder(value) ? whole : `${key}${escape}"[redacted]${escape}"`))
      .replace(parameterPattern, (whole, key: string, value: string) => (isPlaceholder(value) ? whole : `${key}[redacted]`))
      .replace(schemePattern, (_, scheme: string, space: string) => `${scheme}${space}[redacted]`)
      .replace(cookiePattern, (_, name: string) => `${name}[redacted]`);
  }
}

/** A value between quotes, or behind an equals sign. */
function asValue(value: string): RegExp {
  return new RegExp(`(["'=])${value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=["'&\\s]|$)`, 'g');
}

// A placeholder has a space, at which the pattern of parameters ends. A lone quote is where a shell's variable begins.
function isPlaceholder(value: string): boolean {
  return /^\[\w+( [0-9a-f]{6}\])?$/.test(value) || value === '' || value === "'";
}

function unescape(value: string): string {
  try {
    return String(JSON.parse(`"${value}"`));
  } catch {
    return value;
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}
