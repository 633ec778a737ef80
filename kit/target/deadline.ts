/**
 * The time that something may take. It ends a wait by a race, not only by a signal: an event that never comes can hold nothing up.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #ended: Promise<never>;
  readonly #timer: NodeJS.Timeout;
  #timedOut = false;

  /** Begins at once. */
  constructor(milliseconds: number) {
    const { signal } = this.#controller;
    this.#ended = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
    // It may end while nothing waits for it.
    this.#ended.catch(() => {});
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      this.#controller.abort();
    }, milliseconds);
  }

  /** Aborts at the deadline, or when the work is abandoned. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get timedOut(): boolean {
    return this.#timedOut;
  }

  /** Resolves as the work does. Rejects at the deadline, even if the work never settles. */
  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#ended]);
  }

  /** Ends the wait before its time. */
  abandon(): void {
    this.#controller.abort();
  }

  /** Stops the clock: the work is done. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
