import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** How often is looked, in milliseconds. */
const glance = 100;

/** Memory is only measured where the kernel tells it. */
export const isMeasured = existsSync('/proc/self/status');

/**
 * Watches how much memory is resident over a process and all of its descendants.
 *
 * @returns a function that ends this, and says how much it was at most, in MB
 */
export function watchMemory(pid: number): () => number {
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, treeOf(pid).reduce((sum, each) => sum + residentMb(each), 0))), glance);
  return () => {
    clearInterval(timer);
    return Math.round(most);
  };
}

// A process may be gone between two looks at it.
function treeOf(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(treeOf)];
  } catch {
    return [];
  }
}

function residentMb(pid: number): number {
  try {
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1000;
  } catch {
    return 0;
  }
}
