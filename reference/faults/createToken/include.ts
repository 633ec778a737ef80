import type { Faults } from '../../deviation.ts';

/** CT-151 to CT-156. */
export const include = {} satisfies Partial<Faults>;
