import type { Faults } from '../../deviation.ts';

/** CT-401 to CT-412. */
export const validation = {} satisfies Partial<Faults>;
