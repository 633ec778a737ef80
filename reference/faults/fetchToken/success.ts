import type { Faults } from '../../deviation.ts';

/** TG-101 to TG-110, TO-101 to TO-110. */
export const success = {} satisfies Partial<Faults>;
