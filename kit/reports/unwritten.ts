import { groupBy } from '../group.ts';
import { inLine } from '../printable.ts';
import { reasonOf } from '../reason.ts';

/** A report that could not be written, and what its writer threw. */
export interface Unwritten {
  /** Its name below the reports folder. */
  readonly name: string;
  readonly error: unknown;
}

/** The code of an error that is the system's, such as ENOSPC; undefined for one of a program's own. */
export function systemCodeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && /^(ERR_FS_)?E[A-Z0-9]+$/.test(code) ? code : undefined;
}

/**
 * What to say of such reports: a line for each reason.
 *
 * @param redact replaces secrets
 */
export function unwrittenLines(unwritten: readonly Unwritten[], reportsDir: string, redact: (text: string) => string): readonly string[] {
  // Paths are told in quotes, and differ.
  const groups = groupBy(unwritten, ({ error }) => reasonOf(error).replace(/'.*'/, ''));
  return [...groups.values()].map((group) => {
    const names = group.map(({ name }) => name).join(', ');
    return `the reports could not be written to ${reportsDir}: ${inLine(redact(reasonOf(group[0].error)))} (${names})`;
  });
}
