import type { Faults } from '../../deviation.ts';

/** CT-501 to CT-506. */
export const credentials = {} satisfies Partial<Faults>;
