import type { Door, RunRecord } from '../runner/door.ts';
import { endOf, type Exchange, type Request } from '../target/exchange.ts';
import { groupBy } from '../group.ts';
import type { Outcome } from '../judging/outcome.ts';
import type { Run, Sending } from '../target/run.ts';
import type { Recording } from './recording.ts';

/**
 * A door behind which there is a record in place of a target. A request is answered by the exchange that an equal one had: that which
 * the same case looked at, as far as there is one. It also tells the time of what it last answered with.
 */
export class RecordedAnswers implements Door {
  readonly #recording: Recording;
  readonly #run: Run;
  readonly #byRequest: ReadonlyMap<string, readonly Exchange[]>;
  /** What each case has been answered with, by its requests, the latest last. */
  readonly #given = new Map<string, readonly Exchange[]>();
  readonly #used = new Set<Exchange>();
  readonly #recorded = new Set<Exchange>();
  #now = 0;

  constructor(recording: Recording, run: Run) {
    this.#recording = recording;
    this.#run = run;
    this.#byRequest = groupBy(recording.exchanges, ({ request, apart }) => keyOf(request, apart));
  }

  /** In milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /** What no check has seen that judges every exchange, though it should have: it claims a time beyond all of them. */
  get leftOut(): readonly Exchange[] {
    const last = Object.values(this.#recording.cases).at(-1) ?? [];
    const late = new Set(last.flatMap(({ exchanges }) => exchanges));
    return this.#recording.exchanges.filter((exchange) => !this.#recorded.has(exchange) && !late.has(exchange.id));
  }

  /** Sets the clock to when a check began. */
  begin(requirement: string): void {
    const starts = this.#recording.cases[requirement]?.map(({ startedAt }) => Date.parse(startedAt)) ?? [];
    if (starts.length > 0) this.#now = Math.min(...starts);
  }

  send(request: Request, sending: Sending): Promise<Exchange> {
    const exchange = sending.plainHttp ? this.#overPlainHttp(request) : this.#answer(request, sending);
    if (exchange) this.#now = Math.max(this.#now, endOf(exchange));
    return Promise.resolve(exchange ?? missing(request, sending));
  }

  record(): Promise<RunRecord> {
    const { exchanges } = this.#recording;
    // All that were completed before the last one of then. Times are kept to the millisecond.
    const then = exchanges.slice(0, exchanges.findLastIndex((exchange) => endOf(exchange) <= this.#now + 1) + 1);
    for (const exchange of then) this.#recorded.add(exchange);
    return Promise.resolve({ exchanges: then, blamed: this.#run.blamed });
  }

  /** What it would wait for has been answered long ago. */
  pause(): Promise<void> {
    return Promise.resolve();
  }

  report(outcome: Outcome): Promise<Outcome> {
    this.#run.report(outcome);
    return Promise.resolve(outcome);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #overPlainHttp(request: Request): Exchange | undefined {
    return this.#recording.overPlainHttp.find((exchange) => keyOf(exchange.request) === keyOf(request));
  }

  #answer(request: Request, { sentBy, fresh, apart }: Sending): Exchange | undefined {
    const key = keyOf(request, apart);
    const slot = JSON.stringify([sentBy.requirement, sentBy.case, key]);
    const given = this.#given.get(slot) ?? [];
    const latest = given.at(-1);
    if (latest && !fresh && !apart) return latest;
    const equal = this.#byRequest.get(key) ?? [];
    const looked = this.#recording.cases[sentBy.requirement]?.find(({ name }) => name === sentBy.case)?.exchanges ?? [];
    const own = equal.filter(({ id }) => looked.includes(id));
    const next = own.find((exchange) => !given.includes(exchange)) ?? equal.find((exchange) => !this.#used.has(exchange));
    // One that was shared may have been asked for by another case.
    const exchange = next ?? (fresh || apart ? undefined : equal[0]);
    if (!exchange) return undefined;
    this.#given.set(slot, [...given, exchange]);
    this.#used.add(exchange);
    return exchange;
  }
}

function keyOf({ method, path, headers, body }: Request, apart = false): string {
  return JSON.stringify([method, path, headers, body ?? null, apart]);
}

/** A request that nobody sent. */
function missing(request: Request, sending: Sending): Exchange {
  return {
    id: 0,
    sentBy: sending.sentBy,
    url: '',
    request,
    failure: { kind: 'not sent', message: 'the record has no such exchange' },
    earlier: [],
    startedAt: new Date(0).toISOString(),
    durationMs: 0,
  };
}
