import { randomBytes, randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { bytes, header, isNoVerdict, type Answer, type Exchange, type Failure, type FailureKind, type Header, type Request } from './exchange.ts';
import { Health } from './health.ts';
import type { Cause, Outcome } from '../judging/outcome.ts';
import { Redactor } from '../secrets/redaction.ts';
import type { Settings } from '../settings/settings.ts';
import { notAsked } from '../judging/premises.ts';
import { connect, type Attempt } from './target.ts';
import { kitName, kitVersion } from '../version.ts';

/** Pauses before a request is repeated that got no verdict, in milliseconds. */
const pauses = [250, 500, 1000, 2000];
/** `Retry-After` is honoured up to here, in milliseconds. */
const longestPause = 10_000;
/** A run keeps answers up to so many times the size that one may have: several processes hold all of them until its end. */
const answersKept = 32;

/** Where a request comes from, and how it is to be sent. */
export interface Sending {
  readonly sentBy: Exchange['sentBy'];
  /** Send it even where the same request was sent before in this run. */
  readonly fresh?: boolean;
  /** Send it anyway, and leave to equal requests the exchange that they share. */
  readonly apart?: boolean;
  /** Send it over plain HTTP, to port 80 of the same host; what comes of it says nothing about the target's health. */
  readonly plainHttp?: boolean;
}

/** Which requirements a run was asked for. */
export interface Selection {
  readonly requirements: readonly string[];
  readonly filter: string | null;
}

/**
 * All that belongs to one run of the kit: the connection to the target with its limits, the record of what was
 * exchanged, and what the checks said. Equal requests are sent once and share their exchange unless asked otherwise.
 */
export class Run {
  readonly settings: Settings;
  readonly startedAt = new Date();
  readonly exchanges: Exchange[] = [];
  /** What was sent to port 80, which says nothing of the target as it is meant to be used. */
  readonly overPlainHttp: Exchange[] = [];
  readonly outcomes = new Map<string, Outcome>();
  cause: Cause | undefined;
  preflightPassed = false;
  requestsSent = 0;
  /** The requirement whose check sent the last request. */
  lastAskedBy: string | undefined;

  /** Known to the processes of this run alone: it opens the gateway and keys the placeholders of secrets. */
  readonly key = randomBytes(16).toString('hex');
  readonly redactor = new Redactor(this.key);

  readonly #id = randomUUID();
  readonly #target;
  readonly #limit;
  readonly #shared = new Map<string, Promise<Exchange>>();
  #nextId = 1;
  readonly #over = new AbortController();
  #holdUntil = 0;
  #nextTurn = 0;
  readonly #health = new Health();
  #keptBytes = 0;
  #sealed = false;
  #judgeable: readonly Exchange[] | undefined;
  #selection: Selection | undefined;
  /** Runs from the first request on, and ends the run when its time is over. */
  #clock: NodeJS.Timeout | undefined;

  constructor(settings: Settings) {
    // Of this run's own, since what checks find out is kept by the client.
    this.settings = { ...settings, client: { ...settings.client }, ...(settings.otherClient && { otherClient: { ...settings.otherClient } }) };
    this.redactor.learnClient(settings.client, 'client_secret');
    if (settings.otherClient) this.redactor.learnClient(settings.otherClient, 'other_client_secret');
    if (settings.proxy?.password !== undefined) this.redactor.learn(settings.proxy.password, 'proxy_password');
    if (settings.signingKeyPassphrase !== undefined) this.redactor.learn(settings.signingKeyPassphrase, 'signing_key_passphrase');
    this.#target = connect(settings);
    this.#limit = pLimit(settings.concurrency);
    // Every request that pauses listens, and there is no bound to how many do.
    setMaxListeners(0, this.over);
  }

  /** Sends a request, or answers with the exchange that an equal one already had. Never throws. */
  exchange(request: Request, sending: Sending): Promise<Exchange> {
    const key = JSON.stringify([request, sending.plainHttp === true]);
    const shared = this.#shared.get(key);
    if (this.#sealed && shared) return shared;
    if (this.cause) return Promise.resolve(this.#unsent(request, sending, notSent(this.cause)));
    if (this.#sealed) return Promise.resolve(this.#unsent(request, sending, { kind: 'not asked', message: notAsked }));
    if (shared && !sending.fresh && !sending.apart) return shared;
    const exchange = this.#send(request, sending);
    if (!sending.apart) this.#shared.set(key, exchange);
    return exchange;
  }

  /** Has the checks judge what has been exchanged, and nothing else: an equal request is answered by it, and no other is sent. */
  seal(): void {
    this.#sealed = true;
    clearTimeout(this.#clock);
  }

  /**
   * Ends the run: nothing more is sent, nobody waits for what is still under way, and what is still to be judged is blocked
   * with this cause.
   */
  end(cause: Cause): void {
    this.cause ??= cause;
    this.#over.abort();
    this.close();
  }

  /** Aborts when the run ends. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** What was selected, which is known when the checks have run to their end; undefined until then. */
  get selection(): Selection | undefined {
    return this.#selection;
  }

  set selection(selection: Selection | undefined) {
    this.#selection = selection;
    // Nothing is left that the time could end.
    clearTimeout(this.#clock);
  }

  /** Waits, but not for longer than the run. */
  async pause(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: this.over }).catch(() => undefined);
  }

  /** How often createToken gave a token. */
  get tokensCreated(): number {
    return this.exchanges.filter(({ answer }) => answer && /"access_token"/.test(bytes(answer).toString())).length;
  }

  /** What the checks may judge: nothing where the preflight found that there is nothing to judge. */
  get judgeable(): readonly Exchange[] {
    return this.preflightPassed ? (this.#judgeable ?? this.exchanges) : [];
  }

  /** Where some exchanges turn out not to be with the API. */
  set judgeable(exchanges: readonly Exchange[]) {
    this.#judgeable = exchanges;
  }

  /** The ids of the exchanges that a requirement was found violated by. */
  get blamed(): readonly number[] {
    return [...this.outcomes.values()].flatMap(({ findings }) => findings.flatMap(({ exchanges }) => exchanges));
  }

  /** Takes what a check says of its requirement. */
  report(outcome: Outcome): void {
    this.outcomes.set(outcome.requirement, outcome);
  }

  close(): void {
    clearTimeout(this.#clock);
    this.#target.close();
  }

  async #send(request: Request, sending: Sending): Promise<Exchange> {
    this.#clock ??= this.#startClock();
    const id = this.#nextId++;
    const url = this.#url(request, sending);
    const earlier: (number | FailureKind)[] = [];
    const headers: Header[] = [
      ...request.headers,
      ['User-Agent', `${kitName}/${kitVersion}`],
      ['X-Conformance-Run', this.#id],
    ];
    let attempt: Attempt | undefined;
    for (;;) {
      // Where one kept-alive connection has gone stale, others may have, too; in production, nothing is to be sent twice.
      const anew = attempt?.stale === true || this.settings.profile === 'nightly';
      attempt = await this.#limit(() => this.#attempt(url, request, headers, sending, anew));
      if (sending.plainHttp || this.cause) break;
      if (attempt.stale) {
        earlier.push('reset');
        continue;
      }
      const status = attempt.answer?.status;
      if (status === undefined || !isNoVerdict(status)) break;
      const wait = this.#pauseAfter(attempt, earlier.filter(isNumber).length);
      if (wait === undefined) break;
      earlier.push(status);
      await this.pause(wait);
    }
    const exchange: Exchange = {
      id,
      sentBy: sending.sentBy,
      ...(sending.apart && { apart: true }),
      url: url.href,
      request,
      ...(attempt.answer && { answer: attempt.answer }),
      ...(attempt.failure && { failure: attempt.failure }),
      earlier,
      startedAt: attempt.startedAt.toISOString(),
      durationMs: attempt.durationMs,
    };
    (sending.plainHttp ? this.overPlainHttp : this.exchanges).push(exchange);
    this.redactor.learnFrom(exchange);
    return exchange;
  }

  #unsent(request: Request, sending: Sending, failure: Failure): Exchange {
    return {
      id: 0,
      sentBy: sending.sentBy,
      url: this.#url(request, sending).href,
      request,
      failure,
      earlier: [],
      startedAt: new Date().toISOString(),
      durationMs: 0,
    };
  }

  async #attempt(url: URL, request: Request, headers: readonly Header[], sending: Sending, anew: boolean): Promise<Attempt> {
    await this.#turn();
    if (!this.cause && this.requestsSent >= this.settings.maxRequests) {
      this.end({ kind: 'budget spent', message: `the ${this.settings.maxRequests} requests that OAUTH_MAX_REQUESTS allows are spent` });
    }
    if (this.cause) return { failure: notSent(this.cause), startedAt: new Date(), durationMs: 0 };
    this.requestsSent++;
    this.lastAskedBy = sending.sentBy.requirement;
    const attempt = await this.#target.send(url, request, headers, anew);
    if (!sending.plainHttp && !this.cause) this.#watch(request.path, sending, attempt);
    return attempt;
  }

  #startClock(): NodeJS.Timeout {
    const { maxDurationS } = this.settings;
    const end = () => this.end({ kind: 'budget spent', message: `the ${maxDurationS} s that OAUTH_MAX_DURATION_S allows are over` });
    return setTimeout(end, maxDurationS * 1000).unref();
  }

  /** Waits until the target is to be asked again, by its own word and by the rate that is allowed. */
  async #turn(): Promise<void> {
    const { maxRps } = this.settings;
    do {
      for (let wait = this.#holdUntil - Date.now(); wait > 0 && !this.cause; wait = this.#holdUntil - Date.now()) await this.pause(wait);
      if (maxRps === undefined) return;
      const turn = Math.max(performance.now(), this.#nextTurn);
      this.#nextTurn = turn + 1000 / maxRps;
      // A timer may fire a fraction of a millisecond early.
      await this.pause(Math.ceil(turn - performance.now()));
      // The target may have asked for a pause meanwhile; those who waited for it take turns again.
    } while (this.#holdUntil > Date.now() && !this.cause);
  }

  /** Ends the run where the target has gone away, or says more than can be kept. */
  #watch(path: string, { sentBy }: Sending, attempt: Attempt): void {
    const cause = this.#health.after(path, attempt);
    // What was asked last may be what the target cannot take.
    const asked = this.preflightPassed ? `; asked last was the case "${sentBy.case}" of ${sentBy.requirement}` : '';
    if (cause) this.end({ ...cause, message: `${cause.message}${asked}` });
    this.#keptBytes += attempt.answer ? sizeOf(attempt.answer) : 0;
    const most = answersKept * this.settings.maxResponseBytes;
    if (this.#keptBytes <= most) return;
    this.end({ kind: 'budget spent', message: `the answers of the target, headers included, add up to more than ${most} bytes, which are ${answersKept} times OAUTH_MAX_RESPONSE_BYTES` });
  }

  /** How long to wait before the next attempt, in milliseconds; undefined where there is to be none, as in production. */
  #pauseAfter({ answer }: Attempt, repeated: number): number | undefined {
    const growing = pauses[repeated];
    if (!answer || growing === undefined) return undefined;
    const asked = retryAfter(header(answer, 'retry-after'));
    const wait = Math.min(asked ?? growing, longestPause);
    // A target that says when to come back, or that counts requests, speaks to the whole run.
    if (asked !== undefined || answer.status === 429) this.#holdUntil = Math.max(this.#holdUntil, Date.now() + wait);
    return this.settings.profile === 'nightly' ? undefined : wait;
  }

  #url(request: Request, { plainHttp }: Sending): URL {
    const url = new URL(`${this.settings.baseUrl}/${request.path}`);
    if (plainHttp) {
      url.protocol = 'http:';
      url.port = '';
    }
    return url;
  }
}

/** About what an answer takes in memory, in bytes: a header takes more than its text. */
function sizeOf(answer: Answer): number {
  const perHeader = 64;
  return bytes(answer).length + answer.headers.reduce((sum, [name, value]) => sum + name.length + value.length + perHeader, 0);
}

function notSent({ message }: Cause): Failure {
  return { kind: 'not sent', message };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/** Reads `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date. In milliseconds from now. */
export function retryAfter(value: string | undefined, now = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
