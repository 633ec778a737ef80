import type { Operation } from '../../contracts/requirements/index.ts';
import type { Exchange } from '../target/exchange.ts';
import { operationOf, operations } from '../target/operation.ts';
import { pointerTo, wellFormedJson } from '../judging/premises.ts';

/**
 * The members that documents have, by their JSON pointer (RFC 6901) with `*` for every element of an array, each with the
 * types of its values in alphabetical order: `"/data/*\/attributes/name": ["string"]`.
 */
export type Shape = Readonly<Record<string, readonly string[]>>;

/** A shape holds so many members at most: one with more has ids for names, and differs from run to run. */
const mostMembers = 500;

/**
 * The shape of every operation's successes, over all that were asked without a query, which may ask for more.
 * Optional members that only some answers have are in it, too.
 */
export function shapesOf(exchanges: readonly Exchange[]): Readonly<Record<Operation, Shape>> {
  const shape = (operation: Operation): Shape => {
    const types = new Map<string, Set<string>>();
    for (const exchange of exchanges) {
      const { answer, request } = exchange;
      const isPlain = operationOf(exchange) === operation && !request.path.includes('?');
      if (isPlain && answer && answer.status >= 200 && answer.status <= 299) add(types, '', wellFormedJson(answer)?.value);
    }
    return Object.fromEntries([...types].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([pointer, seen]) => [pointer, [...seen].toSorted()]));
  };
  return Object.fromEntries(operations.map((operation) => [operation, shape(operation)])) as Record<Operation, Shape>;
}

function add(types: Map<string, Set<string>>, root: string, document: unknown): void {
  const waiting: [pointer: string, value: unknown][] = document === undefined ? [] : [[root, document]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [pointer, value] = next;
    if (pointer !== '') {
      const seen = types.get(pointer);
      if (!seen && types.size >= mostMembers) continue;
      types.set(pointer, (seen ?? new Set()).add(typeOf(value)));
    }
    if (Array.isArray(value)) for (const each of new Set(value)) waiting.push([`${pointer}/*`, each]);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) waiting.push([pointerTo(pointer, name), inner]);
    }
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** A member that differs between two runs: the types of its values in each; undefined where a run has not seen it. */
export interface MemberChange {
  readonly operation: Operation;
  readonly pointer: string;
  readonly before: readonly string[] | undefined;
  readonly after: readonly string[] | undefined;
}

/** The members that appeared, vanished or changed their type, of the operations that succeeded in both runs. */
export function memberChanges(before: Readonly<Record<Operation, Shape>>, after: Readonly<Record<Operation, Shape>>): readonly MemberChange[] {
  return operations.flatMap((operation) => {
    const [was, is] = [before[operation], after[operation]];
    if (Object.keys(was).length === 0 || Object.keys(is).length === 0) return [];
    return [...new Set([...Object.keys(was), ...Object.keys(is)])]
      .toSorted()
      .filter((pointer) => was[pointer]?.join() !== is[pointer]?.join())
      .map((pointer) => ({ operation, pointer, before: was[pointer], after: is[pointer] }));
  });
}
