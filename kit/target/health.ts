import type { Operation } from '../../contracts/requirements/index.ts';
import { isNoVerdict, type FailureKind } from './exchange.ts';
import type { Cause } from '../judging/outcome.ts';
import { operationAt } from './operation.ts';
import type { Attempt } from './target.ts';

/** A run ends when no answer has been a verdict for so long, in milliseconds. */
const patience = 15_000;
/** A run ends after so many time-outs in a row. */
const timeoutsInARow = 2;
/** A run ends after so many connections in a row that could not even be opened. */
const unopenedInARow = 3;
const unopened: readonly FailureKind[] = ['refused', 'dns', 'unreachable', 'tls', 'proxy'];
/** A run ends after so many requests in a row that got no answer at all, whatever came in its place. */
const unansweredInARow = 20;

/**
 * Watches whether the target is still there: the whole of it, and each of its operations, since one that hangs while the
 * others answer would else be waited for again and again.
 */
export class Health {
  readonly #whole = new Streak();
  readonly #operations: Readonly<Record<Operation, Streak>> = {
    createToken: new Streak('oauth/token'),
    fetchTokenGroups: new Streak('oauth/token/{id}/groups'),
    fetchTokenOrganization: new Streak('oauth/token/{id}/organization'),
  };

  /** Why the run has to end after this attempt; undefined where it can go on. What a link leads to elsewhere says nothing of that. */
  after(path: string, attempt: Attempt): Cause | undefined {
    const operation = operationAt(path);
    if (operation === undefined) return undefined;
    const [whole, part] = [this.#whole.after(attempt), this.#operations[operation].after(attempt)];
    return whole ?? part;
  }
}

/** What attempts in a row have come to. */
class Streak {
  readonly #to: string;
  readonly #at: string;
  #timeouts = 0;
  #unopened = 0;
  #unanswered = 0;
  #noVerdictSince: number | undefined;

  /** @param place where the requests go; undefined for anywhere */
  constructor(place?: string) {
    this.#to = place === undefined ? '' : ` to ${place}`;
    this.#at = place === undefined ? '' : ` at ${place}`;
  }

  after({ answer, failure, startedAt }: Attempt): Cause | undefined {
    this.#timeouts = failure?.kind === 'timeout' ? this.#timeouts + 1 : 0;
    this.#unopened = failure && unopened.includes(failure.kind) ? this.#unopened + 1 : 0;
    this.#unanswered = failure ? this.#unanswered + 1 : 0;
    if (answer && !isNoVerdict(answer.status)) {
      this.#noVerdictSince = undefined;
      return undefined;
    }
    this.#noVerdictSince ??= startedAt.getTime();
    const last = failure ? failure.message : `the last answer was ${answer?.status}`;
    if (this.#timeouts >= timeoutsInARow) {
      return { kind: 'unreachable', message: `${timeoutsInARow} requests in a row${this.#to} timed out: ${last}` };
    }
    if (this.#unopened >= unopenedInARow) return { kind: 'unreachable', message: `the target went away: ${last}` };
    if (this.#unanswered >= unansweredInARow) {
      return { kind: 'unreachable', message: `${unansweredInARow} requests in a row${this.#to} got no answer: ${last}` };
    }
    if (Date.now() - this.#noVerdictSince < patience) return undefined;
    return { kind: 'unavailable', message: `the target was not available for ${patience / 1000} s${this.#at}: ${last}` };
  }
}
