import type { Deviation } from '../deviation.ts';

/** Legal ways to be different. */
export const variants: readonly Deviation[] = [];
