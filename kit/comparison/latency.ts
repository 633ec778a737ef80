import type { Operation } from '../../contracts/requirements/index.ts';
import type { Exchange } from '../target/exchange.ts';
import { operationOf, operations } from '../target/operation.ts';

/** How long an operation took to answer, in milliseconds. */
export interface Latency {
  readonly operation: Operation;
  readonly answers: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** The latency of every operation that was answered. */
export function latencies(exchanges: readonly Exchange[]): readonly Latency[] {
  return operations.flatMap((operation) => {
    const durations = exchanges
      .filter((exchange) => exchange.answer && operationOf(exchange) === operation)
      .map(({ durationMs }) => durationMs)
      .toSorted((a, b) => a - b);
    if (durations.length === 0) return [];
    const at = (share: number) => Math.round(durations[Math.ceil(durations.length * share) - 1] ?? 0);
    return [{ operation, answers: durations.length, medianMs: at(0.5), p95Ms: at(0.95), maxMs: at(1) }];
  });
}

/** What an operation may take, as its 95th percentile in milliseconds, and what it took. */
export interface Budget {
  readonly operation: Operation;
  readonly budgetMs: number;
  /** Undefined where the operation gave no answer. */
  readonly p95Ms?: number;
  readonly answers: number;
}

/** Judges what a user allows, which the contract says nothing of: being over a budget is no finding, and changes no verdict. */
export function budgetsOf(allowed: Readonly<Partial<Record<Operation, number>>>, exchanges: readonly Exchange[]): readonly Budget[] {
  const taken = latencies(exchanges);
  return operations.flatMap((operation) => {
    const budgetMs = allowed[operation];
    if (budgetMs === undefined) return [];
    const latency = taken.find((each) => each.operation === operation);
    return [{ operation, budgetMs, ...(latency && { p95Ms: latency.p95Ms }), answers: latency?.answers ?? 0 }];
  });
}

/** The budgets that were not kept, each in a sentence. */
export function overBudget(budgets: readonly Budget[]): readonly string[] {
  return budgets.flatMap(({ operation, budgetMs, p95Ms, answers }) =>
    p95Ms !== undefined && p95Ms > budgetMs
      ? [`${operation} took ${p95Ms} ms (95th percentile of ${answers} answers), over its budget of ${budgetMs} ms`]
      : [],
  );
}
