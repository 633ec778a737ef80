import type { Faults } from '../../deviation.ts';

/** TG-401, TG-402, TO-401, TO-402. */
export const methods = {} satisfies Partial<Faults>;
