import type { Deviation } from './deviation.ts';
import { faults } from './faults/index.ts';
import { variants } from './variants/index.ts';

const mounted: ReadonlyMap<string, Deviation> = new Map([
  ...Object.values(faults).flat().map((fault) => [`/fault/${fault.name}`, fault] as const),
  ...variants.map((variant) => [`/variant/${variant.name}`, variant] as const),
]);

/** The deviation that a path selects by its first two segments, and those segments; undefined where there is none. */
export function deviationAt(path: string): readonly [basePath: string, deviation: Deviation] | undefined {
  const [basePath = ''] = /^\/[^/?]+\/[^/?]+/.exec(path) ?? [];
  const deviation = mounted.get(basePath);
  return deviation && [basePath, deviation];
}
