import type { Faults } from '../../deviation.ts';

/** CT-301 to CT-305. */
export const bodyShape = {} satisfies Partial<Faults>;
