import type { Faults } from '../../deviation.ts';

/** CT-601 to CT-610. */
export const refresh = {} satisfies Partial<Faults>;
