import { createHash } from 'node:crypto';

import { requirements } from './requirements/index.ts';
import { schemaFiles } from './schemas/index.ts';

/** The version of this contract; it restates version 7.78.1 of the provider's API description. */
export const contractVersion = '1.0.0';

/**
 * The SHA-256, in hex, of the register and the schemas. It changes with any word of them, and with nothing else:
 * neither with the layout of the files nor with the order of members.
 */
export function contractDigest(): string {
  const schemasInOrder = schemaFiles.toSorted((a, b) => (a.$id < b.$id ? -1 : 1));
  return createHash('sha256').update(canonicalJson({ requirements, schemas: schemasInOrder })).digest('hex');
}

/** JSON in which the order of members makes no difference. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (isRecord(member) ? sortedByName(member) : member));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortedByName(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
