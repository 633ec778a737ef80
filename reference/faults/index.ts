import type { Faults } from '../deviation.ts';
import { createToken } from './createToken/index.ts';
import { everyExchange } from './everyExchange.ts';
import { fetchToken } from './fetchToken/index.ts';

/** At least one deviation for each requirement, listed under the one that it violates. */
export const faults: Faults = { ...createToken, ...fetchToken, ...everyExchange };
