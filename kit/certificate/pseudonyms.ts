import { createHmac } from 'node:crypto';
import { bytes, type Exchange, type Header } from '../target/exchange.ts';
import { nearMisses } from '../judging/lookalike.ts';
import { tokenOf } from '../judging/premises.ts';
import type { Redactor } from '../secrets/redaction.ts';
import type { Run } from '../target/run.ts';
import { contains } from '../judging/words.ts';
import { Search } from '../secrets/search.ts';
import type { Client } from '../settings/settings.ts';
import { formsOf } from './forms.ts';

/** So many characters beyond ASCII lie side by side that take as many bytes in UTF-8. */
const neighbours = 32;
/** The shortest form that is replaced wherever it stands. */
const shortestForm = 4;
const namedValue = /("(?:client_secret|access_token|refresh_token)"\s*:\s*")((?:[^"\\]|\\.)*)(")/gi;
const cookie = /^([^=;\s]+=)([^;]+)/;

/**
 * Values of the same length and syntax in place of the secrets of a run, the same one for the same secret, so that its exchanges can
 * be handed on and judged again: what was made from a secret, such as a near miss of it, is made from its pseudonym in the same way.
 */
export class Pseudonyms {
  readonly #key: string;
  readonly #redactor: Redactor;
  readonly #search = new Search();
  readonly #exact = new Map<string, string>();

  /** @param run one that is over, whose redactor knows all that is secret */
  constructor({ key, settings, exchanges, redactor }: Run) {
    this.#key = key;
    this.#redactor = redactor;
    const clients = [settings.client, ...(settings.otherClient ? [settings.otherClient] : [])];
    const tokens = exchanges.flatMap((exchange) => tokenOf(exchange) ?? []);
    const roots = [...clients.map(({ secret }) => secret), ...tokens.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken])];
    for (const root of new Set(roots)) this.#learnRoot(root);
    for (const client of clients) this.#learn(pairOf(client), pairOf(this.client(client)));
    for (const value of redactor.values) {
      // One that holds a root, such as a root and a character more, is replaced in that part.
      if (!this.#exact.has(value) && !roots.some((root) => root !== '' && contains(value, root))) this.#learn(value, this.#anotherLike(value));
    }
  }

  /** A client with the pseudonym of its secret. */
  client({ id, secret }: Client): Client {
    return { id, secret: this.#exact.get(secret) ?? secret };
  }

  /** An exchange in which nothing is secret. */
  exchange({ request, answer, ...rest }: Exchange): Exchange {
    return {
      ...rest,
      url: this.#text(rest.url),
      request: { ...request, path: this.#text(request.path), headers: request.headers.map(this.#header), ...this.#body(request) },
      ...(answer && { answer: { ...answer, headers: answer.headers.map(this.#header), body: this.#body(answer).body ?? '' } }),
    };
  }

  #header = ([name, value]: Header): Header => {
    if (!/^(set-)?cookie$/i.test(name)) return [this.#text(name), this.#text(value)];
    return [name, this.#text(value.replace(cookie, (_, before: string, secret: string) => before + this.#anotherLike(secret)))];
  };

  // As Latin-1, in which every byte is a character, so that what is no UTF-8 stays as it is.
  #body(message: { readonly body?: string }): { readonly body?: string } {
    if (message.body === undefined) return {};
    return { body: Buffer.from(this.#text(bytes(message).toString('latin1')), 'latin1').toString('base64') };
  }

  #text(text: string): string {
    const named = text.replace(namedValue, (whole, before: string, value: string, after: string) => {
      const pseudonym = this.#exact.get(value);
      // A longer one is found by the search, and must not be replaced a second time.
      return pseudonym === undefined || value.length >= shortestForm ? whole : before + pseudonym + after;
    });
    return this.#withoutRest(this.#search.replaceIn(named));
  }

  /** What is encoded in a way for which there is no pseudonym gives way to letters that say nothing. */
  #withoutRest(text: string): string {
    const raw = Buffer.from(text, 'latin1');
    for (const { from, to } of this.#redactor.secrets.hiddenIn(raw)) raw.fill('x', from, to);
    return raw.toString('latin1');
  }

  #learnRoot(root: string): void {
    if (root === '' || this.#exact.has(root)) return;
    const pseudonym = this.#anotherLike(root);
    this.#learn(root, pseudonym);
    for (const nearMiss of Object.values(nearMisses)) this.#learn(nearMiss(root), nearMiss(pseudonym));
  }

  #learn(value: string, pseudonym: string): void {
    if (value === '' || this.#exact.has(value)) return;
    this.#exact.set(value, pseudonym);
    const [forms, others] = [formsOf(value), formsOf(pseudonym)].map((all) => all.map((form) => Buffer.from(form).toString('latin1')));
    const known = new Set<string>();
    for (const [i, form] of (forms ?? []).entries()) {
      if (form.length < shortestForm || known.has(form)) continue;
      known.add(form);
      this.#search.add(form, others?.[i] ?? form);
    }
  }

  /**
   * A value in which every letter and digit is another of its kind, by the key of the run, and every character beyond ASCII one of
   * those beside it, which takes as many bytes.
   */
  #anotherLike(value: string): string {
    const isHex = /^[0-9a-f-]+$/i.test(value);
    let at = 0;
    let stream = Buffer.alloc(0);
    // Read once: a long value takes as many blocks of the stream as it has characters.
    const seed = createHmac('sha256', this.#key).update(`pseudonym\0${value}`).digest();
    const next = (count: number) => {
      if (at >= stream.length) {
        at = 0;
        stream = createHmac('sha256', seed).update(stream).digest();
      }
      return (stream[at++] ?? 0) % count;
    };
    const kinds: readonly (readonly [RegExp, string])[] = [
      [/[1-9]/, '123456789'],
      [/0/, '0'],
      [/[a-z]/, isHex ? 'abcdef' : 'abcdefghijklmnopqrstuvwxyz'],
      [/[A-Z]/, isHex ? 'ABCDEF' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
    ];
    return value.replace(/[a-z0-9]|[^\0-\x7f]/giu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code > 0x7f) return String.fromCodePoint(code - (code % neighbours) + next(neighbours));
      const letters = kinds.find(([kind]) => kind.test(character))?.[1] ?? character;
      return letters[next(letters.length)] ?? character;
    });
  }
}

/** What HTTP Basic (RFC 7617) sends. */
function pairOf({ id, secret }: Client): string {
  return Buffer.from(`${id}:${secret}`).toString('base64');
}
