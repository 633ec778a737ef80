import type { Variant } from '../deviation.ts';
import { documents } from './documents.ts';
import { groupLists } from './groups.ts';
import { load } from './load.ts';
import { refusedOtherwise } from './refusals.ts';
import { tokens } from './tokens.ts';
import { transport } from './transport.ts';

/** Legal ways to be different. */
export const variants: readonly Variant[] = [
  ...documents,
  ...groupLists,
  ...tokens,
  ...refusedOtherwise,
  ...transport,
  ...load,
];
