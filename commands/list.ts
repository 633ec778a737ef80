import { requirements, type Requirement } from '../contracts/requirements/index.ts';
import { printRaw } from '../kit/print.ts';

/** What is listed of the register. */
export interface ListOptions {
  readonly level?: string;
  readonly operation?: string;
  readonly json?: boolean;
}

/** Prints the register, or a part of it, as a table or as JSON. */
export function list({ level, operation, json = false }: ListOptions): void {
  const listed = requirements.filter(
    (each) => (level === undefined || each.level === level) && (operation === undefined || each.operation === operation),
  );
  printRaw(json ? `${JSON.stringify(listed, null, 2)}\n` : listed.map(lineOf).join(''));
}

function lineOf({ id, level, operation, title }: Requirement): string {
  return `${id.padEnd(6)}  ${level.padEnd(6)}  ${operation.padEnd(22)}  ${title}\n`;
}
