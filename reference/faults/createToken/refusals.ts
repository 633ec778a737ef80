import type { Faults } from '../../deviation.ts';

/** CT-701 to CT-709. */
export const refusals = {} satisfies Partial<Faults>;
