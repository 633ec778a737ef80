import type { Redacted, Redactor } from '../secrets/redaction.ts';
import { Search } from '../secrets/search.ts';
import { bytes, type Exchange } from '../target/exchange.ts';
import { shellQuoted } from '../shell.ts';
import type { Client, Settings } from '../settings/settings.ts';
import { nearMisses } from './lookalike.ts';
import { tokenOf } from './premises.ts';

/** The request of an exchange as a command: see `reproducer`. */
export type Reproduce = (exchange: Exchange) => Redacted;

/** A text as it stands in a request, and a shell's way to make it: of a variable that holds a secret, or of a token that was created. */
interface Substitute {
  /** As UTF-8, each byte of which is a character. */
  readonly text: string;
  readonly expression: string;
}

/** Shorter texts stand in a request by chance, so they are only substituted where they are a value. */
const shortestAnywhere = 8;

/** What makes a near miss of a secret out of it, as a filter of a shell. */
const filters: Readonly<Record<keyof typeof nearMisses, string>> = {
  lookalike: 'tr a-zA-Z0-9 b-zaB-ZA1-90',
  otherCase: 'tr a-zA-Z A-Za-z',
  withoutFirst: "jq -Rsj '.[1:]'",
  withoutLast: "jq -Rsj '.[:-1]'",
  firstHalf: "jq -Rsj '.[:((length + 1) / 2 | floor)]'",
};

/** What encodes a text as a request has it: in JSON, and in a URL or a form, in which several characters may be written in two ways. */
const encodings = [
  { filter: undefined, of: (value: string) => [value] },
  { filter: "jq -Rsj '@json | .[1:-1]'", of: (value: string) => [JSON.stringify(value).slice(1, -1)] },
  { filter: 'jq -Rsj @uri', of: (value: string) => [encodeURIComponent(Buffer.from(value).toString()), new URLSearchParams({ '': value }).toString().slice(1)] },
] as const;

/**
 * Tells the requests of a run as commands of a POSIX shell with curl, and jq where a token is needed: what an implementer
 * runs to see the same answer. Secrets stand there as the variables of the settings; a token is created first, by the
 * request that gave it in the run. What is secret and can be told in no such way is shown as a placeholder, with a remark.
 *
 * @param exchanges those of the run, among which are the ones that created its tokens
 */
export function reproducer(exchanges: readonly Exchange[], settings: Settings, redactor: Redactor): Reproduce {
  const secrets = [
    ...clientSubstitutes('OAUTH_CLIENT', settings.client),
    ...(settings.otherClient ? clientSubstitutes('OAUTH_OTHER_CLIENT', settings.otherClient) : []),
  ];
  const creationsFor = creationsIn(exchanges);
  return (exchange) => {
    const tokens: Substitute[] = [];
    const creations = creationsFor(exchange).map((creation, i) => {
      const name = i === 0 ? 'token' : `token${i + 1}`;
      const line = `${name}=$(${command(creation, [...tokens, ...secrets], redactor, ['--silent'])})`;
      tokens.push(...tokenSubstitutes(creation, name));
      return line;
    });
    const commands = [...creations, command(exchange, [...tokens, ...secrets], redactor, ['--include'])].join('\n');
    return (placeholder.test(commands) ? `${remark}\n${commands}` : commands) as Redacted;
  };
}

const placeholder = /\[(?:part of )?\w+ [0-9a-f]{6}\]/;
const remark = '# What stands in brackets is a secret in a form that no command can make: put it there before you run this.';

/** Finds the exchanges that first gave the tokens which a request carries, whole or nearly so, each after those that it needs itself. */
function creationsIn(exchanges: readonly Exchange[]): (exchange: Exchange) => readonly Exchange[] {
  const search = new Search();
  const byText = new Map<string, Exchange>();
  for (const creation of exchanges.toSorted((a, b) => a.id - b.id)) {
    for (const { text } of tokenSubstitutes(creation, '')) {
      if (text.length < shortestToken || byText.has(text)) continue;
      byText.set(text, creation);
      search.add(text, text);
    }
  }
  const creationsFor = ({ id, request, url }: Exchange): readonly Exchange[] => {
    const carried = [latin1(url), bytes(request).toString('latin1'), ...request.headers.map(([, value]) => latin1(value))].join('\n');
    const needed = search.all(carried).flatMap(({ found }) => byText.get(found) ?? []);
    const earlier = needed.filter((creation) => creation.id < id).toSorted((a, b) => a.id - b.id);
    return [...new Set(earlier.flatMap((creation) => [...creationsFor(creation), creation]))];
  };
  return creationsFor;
}

/** An id of a token may be so short that it stands anywhere. */
const shortestToken = 4;

function clientSubstitutes(prefix: string, { id, secret }: Client): readonly Substitute[] {
  return [
    ...substitutesFor(secret, `$${prefix}_SECRET`, `printf %s "$${prefix}_SECRET"`),
    { text: Buffer.from(`${id}:${secret}`).toString('base64'), expression: `$(printf %s "$${prefix}_ID:$${prefix}_SECRET" | base64 | tr -d '\\n')` },
  ];
}

function tokenSubstitutes(exchange: Exchange, name: string): readonly Substitute[] {
  const token = tokenOf(exchange);
  if (!token) return [];
  const substitutes = (value: string, path: string) => {
    const source = `printf %s "$${name}" | jq -j ${path}`;
    return substitutesFor(value, `$(${source})`, source);
  };
  return [
    ...substitutes(token.accessToken, '.data.attributes.access_token'),
    ...substitutes(token.refreshToken, '.data.attributes.refresh_token'),
    ...substitutes(token.id, '.data.id'),
  ].filter(({ text }) => text.length >= shortestToken);
}

/**
 * A value and its near misses, in each encoding.
 *
 * @param expression what a shell has for the value itself
 * @param source the command that prints it, for filters
 */
function substitutesFor(value: string, expression: string, source: string): readonly Substitute[] {
  const made = [
    { text: value, filter: [] as readonly string[] },
    ...Object.entries(nearMisses).map(([name, nearMiss]) => ({ text: nearMiss(value), filter: [filters[name as keyof typeof nearMisses]] })),
  ];
  const all = made.flatMap(({ text, filter }) =>
    encodings.flatMap((encoding) => {
      const pipe = [source, ...filter, ...(encoding.filter === undefined ? [] : [encoding.filter])];
      return encoding.of(text).map((encoded) => ({ text: latin1(encoded), expression: pipe.length === 1 ? expression : `$(${pipe.join(' | ')})` }));
    }),
  );
  // A shell takes the line ends off the end of what a command prints.
  const usable = all.filter((each) => each.text !== '' && (each.expression === expression || !each.text.endsWith('\n')));
  return usable.filter(({ text }, i) => usable.findIndex((other) => other.text === text) === i);
}

/** A text as UTF-8, each byte of which is a character. */
function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function command({ request, url }: Exchange, substitutes: readonly Substitute[], redactor: Redactor, options: readonly string[]): string {
  const longestFirst = substitutes.toSorted((a, b) => b.text.length - a.text.length);
  const split = (text: string) => partsOf(text, longestFirst).map((part) => ('literal' in part ? { literal: withoutSecrets(part.literal, redactor) } : part));
  const names = request.headers.map(([name]) => name.toLowerCase());
  // curl adds these by itself unless told otherwise.
  const leftOut = ['Accept', 'Content-Type'].filter((name) => !names.includes(name.toLowerCase()));
  const headers = [
    ...request.headers.map(([name, value]) => (value === '' ? `${name};` : `${name}: ${latin1(value)}`)),
    ...leftOut.map((name) => `${name}:`),
  ];
  const body = request.body === undefined ? undefined : split(bytes(request).toString('latin1'));
  const isPlain = body === undefined || body.every((part) => !('literal' in part) || isShown(part.literal));
  const method = request.method === 'HEAD' ? '--head' : `--request ${request.method}`;
  return [
    ...(isPlain ? [] : [`${printed(body)} |`]),
    'curl --globoff --path-as-is',
    ...options,
    method,
    ...headers.map((header) => `--header ${quoted(split(header))}`),
    ...(body === undefined ? [] : [`--data-binary ${isPlain ? quoted(body) : '@-'}`]),
    quoted(split(latin1(url))),
  ].join(' ');
}

/** A part of a request: bytes as they are, each a character, or what a shell puts there. */
type Part = { readonly literal: string } | { readonly expression: string };

function partsOf(text: string, substitutes: readonly Substitute[]): readonly Part[] {
  for (const { text: value, expression } of substitutes) {
    const at = placeOf(text, value);
    if (at < 0) continue;
    return [...partsOf(text.slice(0, at), substitutes), { expression }, ...partsOf(text.slice(at + value.length), substitutes)];
  }
  return text === '' ? [] : [{ literal: text }];
}

function placeOf(text: string, value: string): number {
  if (value.length >= shortestAnywhere) return text.indexOf(value);
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    if (/["'= /]/.test(text[at - 1] ?? '') && /^(?:["'&/]|$)/.test(text.slice(at + value.length, at + value.length + 1))) return at;
  }
  return -1;
}

/** Bytes that are the kit's own, but for what no substitute was known for. */
function withoutSecrets(literal: string, redactor: Redactor): string {
  const text = Buffer.from(literal, 'latin1').toString();
  const shown = redactor.redactKnown(text);
  return shown === text ? literal : latin1(shown);
}

/** Whether bytes are text that is the same when it is copied from a page. */
function isShown(literal: string): boolean {
  const raw = Buffer.from(literal, 'latin1');
  const text = raw.toString();
  return Buffer.from(text).equals(raw) && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);
}

/** Parts in single quotes, and expressions in double ones, in which a shell looks for variables. */
function quoted(parts: readonly Part[]): string {
  const texts = parts.map((part) => ('literal' in part ? shellQuoted(Buffer.from(part.literal, 'latin1').toString()) : `"${part.expression}"`));
  return texts.length === 0 ? "''" : texts.join('');
}

/** Parts as a command that prints them: the bytes that are no text of ASCII in octal, and expressions as its arguments. */
function printed(parts: readonly Part[]): string {
  const escape = (literal: string) =>
    literal.replace(/[^ -~]|[%\\]/g, (byte) => {
      if (byte === '%' || byte === '\\') return byte + byte;
      return `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`;
    });
  const format = parts.map((part) => ('literal' in part ? escape(part.literal) : '%s')).join('');
  const values = parts.flatMap((part) => ('literal' in part ? [] : [` "${part.expression}"`]));
  return `printf ${shellQuoted(format)}${values.join('')}`;
}
