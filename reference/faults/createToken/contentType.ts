import type { Faults } from '../../deviation.ts';

/** CT-201 to CT-207. */
export const contentType = {} satisfies Partial<Faults>;
