import { setTimeout as pause } from 'node:timers/promises';
import { requirement, requirements, type RequirementId } from '../contracts/requirements/index.ts';
import { printRaw } from './print.ts';
import type { Run } from './target/run.ts';

/** How often the line on a terminal is written anew, and how often a plain line is added elsewhere, in milliseconds. */
const intervals = { terminal: 100, elsewhere: 10_000 };

/** Shows how far a run has come: one line that is kept up to date on a terminal, and now and then a plain one elsewhere. */
export function showProgress(run: Run, stream: NodeJS.WriteStream = process.stderr): { stop(): void } {
  const { isTTY } = stream;
  const controller = new AbortController();
  const show = async () => {
    for (;;) {
      if (!isTTY) await wait(intervals.elsewhere, controller.signal);
      if (controller.signal.aborted) break;
      printRaw(isTTY ? `\r\u001b[K${lineOf(run)}` : `${lineOf(run)}\n`, stream);
      if (isTTY) await wait(intervals.terminal, controller.signal);
    }
    if (isTTY) printRaw('\r\u001b[K', stream);
  };
  void show();
  return { stop: () => controller.abort() };
}

async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => undefined);
}

/** Words of the kit alone: `[12 s] judged 40 of 136 requirements, 212 requests sent, now createToken: validation`. */
export function lineOf({ startedAt, outcomes, requestsSent, lastAskedBy }: Run): string {
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
  const current = requirements.some(({ id }) => id === lastAskedBy) ? requirement(lastAskedBy as RequirementId) : undefined;
  const now = current ? `, now ${current.operation === 'all' ? 'across operations' : current.operation}: ${current.subject}` : '';
  return `[${seconds} s] judged ${outcomes.size} of ${requirements.length} requirements, ${requestsSent} requests sent${now}`;
}
