import type { Faults } from '../../deviation.ts';

/** TG-301 to TG-305, TO-301 to TO-305. */
export const isolation = {} satisfies Partial<Faults>;
