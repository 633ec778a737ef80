import type { Faults } from '../deviation.ts';
import { createTokenSuccess } from './createTokenSuccess.ts';

/** At least one deviation for each requirement, listed under the one that it violates. */
export const faults: Partial<Faults> = {
  ...createTokenSuccess,
};
