import type { Faults } from '../deviation.ts';

/** */
export const everyExchange = {} satisfies Partial<Faults>;
