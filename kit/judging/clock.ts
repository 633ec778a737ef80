let told: (() => number) | undefined;

/** The time by which checks decide what is still of use, in milliseconds since 1970. */
export function now(): number {
  return told?.() ?? Date.now();
}

/** Sets the time where a run is judged again from its record: that of then; undefined for that of now. */
export function useClock(clock: (() => number) | undefined): void {
  told = clock;
}
