/** How a requirement ends. */
export type Result = 'passed' | 'violated' | 'observed' | 'skipped' | 'blocked';

/** One case in which a requirement does not hold. */
export interface Finding {
  /** The case's name, as the test names it: `nested`, `flat, text/plain`. */
  readonly case: string;
  readonly expected: string;
  readonly actual: string;
  /** The exchange that shows it, in a line. */
  readonly exchange: string;
  /** The ids of the exchanges that show it, the first being the one to look at. */
  readonly exchanges: readonly number[];
  /** The commands that send the request again: see `reproducer`. */
  readonly reproduce?: string;
  /** The same request, sent once more, was answered as the contract has it. */
  readonly inconsistent?: true;
}

/** One case of a requirement, and what it was judged by. */
export interface Case {
  readonly name: string;
  readonly result: 'passed' | 'violated' | 'skipped' | 'blocked';
  /** Why it was skipped or blocked. */
  readonly reason?: string;
  /** The requirement that takes the blame for what blocked it. */
  readonly by?: string;
  /** The ids of the exchanges that it looked at, in the order in which it did. */
  readonly exchanges: readonly number[];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
}

/** What a check says of its requirement. */
export interface Outcome {
  readonly requirement: string;
  readonly result: Result;
  readonly findings: readonly Finding[];
  /** Its cases; none where the check did not come to judge. */
  readonly cases?: readonly Case[];
  /** What was seen, where that is worth telling. */
  readonly observation?: string;
  /** Why it was skipped or blocked, or which cases were left out. */
  readonly reason?: string;
  readonly durationMs: number;
}

/** Why a run could not go on. */
export interface Cause {
  readonly kind:
    | 'unreachable'
    | 'unavailable'
    | 'credentials refused'
    | 'not the API'
    | 'budget spent'
    | 'nothing selected'
    | 'checks failed to run'
    | 'interrupted';
  readonly message: string;
}
