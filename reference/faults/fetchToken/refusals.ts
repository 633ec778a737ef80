import type { Faults } from '../../deviation.ts';

/** TG-501 to TG-507, TO-501 to TO-507. */
export const refusals = {} satisfies Partial<Faults>;
