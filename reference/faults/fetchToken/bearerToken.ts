import type { Faults } from '../../deviation.ts';

/** TG-201 to TG-208, TO-201 to TO-208. */
export const bearerToken = {} satisfies Partial<Faults>;
