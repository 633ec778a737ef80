import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { forward, serve } from './servers.ts';
import { reference } from './targets.ts';

/** Tests that look at other processes need the files that Linux has of them. */
export const linux = { skip: process.platform === 'linux' ? false : 'processes are found by /proc' };

/** A target that keeps the contract, and does something once, when some fetches have come: by then the checks are under way. */
export async function amid(t: TestContext, act: (reportsDir: string) => void) {
  const { env, reportsDir } = await reference(t);
  let fetches = 0;
  const url = await serve(t, (request, response) => {
    if (request.url?.includes('/groups') && ++fetches === 12) act(reportsDir);
    forward(env.OAUTH_BASE_URL, request, response);
  });
  return { env: { ...env, OAUTH_BASE_URL: url }, reportsDir };
}

/** The processes that a process has started and that are still there, and theirs. */
export function descendantsOf(pid: number): number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap(descendantsOf)];
}

/** The processes that a process has started and that are still there. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Whether a process is there and not only waiting to be buried. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until something holds. @param within milliseconds @returns how many it took; undefined if it did not come to hold */
export async function until(holds: () => boolean, within = 20_000): Promise<number | undefined> {
  const start = performance.now();
  for (let took = 0; took < within; took = performance.now() - start) {
    if (holds()) return took;
    await pause(5);
  }
  return undefined;
}
