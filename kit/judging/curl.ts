import { bytes, type Exchange } from '../target/exchange.ts';
import { lookalike } from './lookalike.ts';
import { tokenOf } from './premises.ts';
import { Search } from '../secrets/search.ts';
import { shellQuoted } from '../shell.ts';
import type { Client, Settings } from '../settings/settings.ts';

/** A secret or a token as a shell writes it: by the variable that holds it, or by a command that makes it of that. */
type Substitutes = readonly (readonly [value: string, expression: string])[];

/** The request of an exchange as a command: see `reproducer`. */
export type Reproduce = (exchange: Exchange) => string;

/**
 * Tells the requests of a run as commands of a POSIX shell with curl, and jq where a token is needed: what an implementer
 * runs to see the same answer. Secrets stand there as the variables of the settings; a token is created first, by the
 * request that gave it in the run.
 *
 * @param exchanges those of the run, among which are the ones that created its tokens
 */
export function reproducer(exchanges: readonly Exchange[], settings: Settings): Reproduce {
  const secrets = [
    ...clientSubstitutes('OAUTH_CLIENT', settings.client),
    ...(settings.otherClient ? clientSubstitutes('OAUTH_OTHER_CLIENT', settings.otherClient) : []),
  ];
  const creationsFor = creationsIn(exchanges);
  return (exchange) => {
    const tokens: [string, string][] = [];
    const creations = creationsFor(exchange).map((creation, i) => {
      const name = i === 0 ? 'token' : `token${i + 1}`;
      const line = `${name}=$(${command(creation, [...tokens, ...secrets], settings, ['--silent'])})`;
      tokens.push(...tokenSubstitutes(creation, name).map(([value, expression]): [string, string] => [value, expression]));
      return line;
    });
    return [...creations, command(exchange, [...tokens, ...secrets], settings, ['--include'])].join('\n');
  };
}

/** Finds the exchanges that first gave the tokens which a request carries, whole or nearly so, each after those that it needs itself. */
function creationsIn(exchanges: readonly Exchange[]): (exchange: Exchange) => readonly Exchange[] {
  const search = new Search();
  const byValue = new Map<string, Exchange>();
  for (const creation of exchanges.toSorted((a, b) => a.id - b.id)) {
    for (const [value] of tokenSubstitutes(creation, '')) {
      if (byValue.has(value)) continue;
      byValue.set(value, creation);
      search.add(value, value);
    }
  }
  const creationsFor = ({ id, request }: Exchange): readonly Exchange[] => {
    const carried = [request.path, decodedOr(request.path), bytes(request).toString(), ...request.headers.map(([, value]) => value)].join('\n');
    const needed = search.all(carried).flatMap(({ found }) => byValue.get(found) ?? []);
    const earlier = needed.filter((creation) => creation.id < id).toSorted((a, b) => a.id - b.id);
    return [...new Set(earlier.flatMap((creation) => [...creationsFor(creation), creation]))];
  };
  return creationsFor;
}

function decodedOr(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function clientSubstitutes(prefix: string, { id, secret }: Client): Substitutes {
  return [
    ...variations(secret, `$${prefix}_SECRET`),
    [Buffer.from(`${id}:${secret}`).toString('base64'), `$(printf %s "$${prefix}_ID:$${prefix}_SECRET" | base64 | tr -d '\\n')`],
  ];
}

function tokenSubstitutes(exchange: Exchange, name: string): Substitutes {
  const token = tokenOf(exchange);
  if (!token) return [];
  const get = (path: string) => `$(printf %s "$${name}" | jq -r ${path})`;
  return [
    ...variations(token.accessToken, get('.data.attributes.access_token')),
    ...variations(token.refreshToken, get('.data.attributes.refresh_token')),
    ...variations(token.id, get('.data.id')),
  ].filter(([value]) => value.length >= 4);
}

/** A value and those that the checks make of it, each with the shell's way to make it. */
function variations(value: string, expression: string): Substitutes {
  const by = (filter: string) => `$(printf %s "${expression}" | ${filter})`;
  const swapped = value.replace(/[a-z]/gi, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));
  const half = Math.ceil(value.length / 2);
  const made: Substitutes = [
    [value, expression],
    [encodeURIComponent(value), by('jq -sRr @uri')],
    [JSON.stringify(value).slice(1, -1), by("jq -sR . | sed 's/^\"//; s/\"$//'")],
    [lookalike(value), by("tr a-zA-Z0-9 b-zaB-ZA1-90")],
    [swapped, by('tr a-zA-Z A-Za-z')],
    [value.slice(0, -1), by(`cut -c 1-${value.length - 1}`)],
    [value.slice(0, half), by(`cut -c 1-${half}`)],
  ];
  return made.filter(([each], i) => each !== '' && made.findIndex(([other]) => other === each) === i);
}

function command({ request, url }: Exchange, substitutes: Substitutes, { baseUrl }: Settings, options: readonly string[]): string {
  const longestFirst = substitutes.toSorted(([a], [b]) => b.length - a.length);
  const shell = (text: string) => quoted(text, longestFirst);
  const names = request.headers.map(([name]) => name.toLowerCase());
  // curl adds these by itself unless told otherwise.
  const leftOut = ['Accept', 'Content-Type'].filter((name) => !names.includes(name.toLowerCase()));
  const headers = [
    ...request.headers.map(([name, value]) => (value === '' ? `${name};` : `${name}: ${value}`)),
    ...leftOut.map((name) => `${name}:`),
  ];
  const body = request.body === undefined ? undefined : bytes(request);
  const isText = body === undefined || Buffer.from(body.toString()).equals(body);
  const method = request.method === 'HEAD' ? '--head' : `--request ${request.method}`;
  return [
    ...(isText ? [] : [`printf ${octal(body ?? Buffer.alloc(0), longestFirst)} |`]),
    'curl --globoff --path-as-is',
    ...options,
    method,
    ...headers.map((header) => `--header ${shell(header)}`),
    ...(body === undefined ? [] : [`--data-binary ${isText ? shell(body.toString()) : '@-'}`]),
    shell(url.startsWith(baseUrl) ? `${baseUrl}${url.slice(baseUrl.length)}` : url),
  ].join(' ');
}

/** A text in single quotes, and what is substituted in double ones, in which a shell looks for variables. */
function quoted(text: string, substitutes: Substitutes): string {
  for (const [value, expression] of substitutes) {
    const at = text.indexOf(value);
    if (at < 0) continue;
    return [quoted(text.slice(0, at), substitutes), `"${expression}"`, quoted(text.slice(at + value.length), substitutes)]
      .filter((part) => part !== "''")
      .join('');
  }
  return shellQuoted(text);
}

/** Bytes as the format of printf, in which those that are no ASCII text are octal. */
function octal(body: Buffer, substitutes: Substitutes): string {
  const text = [...body].map((byte) => (byte > 126 || byte < 32 ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte))).join('');
  return quoted(text.replaceAll('%', '%%'), substitutes);
}
