import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { copyFile, constants, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { SettingsError } from '../settings/environment.ts';

/** The file that a run has in its reports folder until it ends. */
export const lockName = '.oauth-conformance-kit.lock';

/** How often a run touches its lock, and after how long an untouched one counts as left behind where its process cannot be looked up, in milliseconds. */
const touched = { every: 5000, stale: 60_000 };

/** What a lock says of the process that holds it. */
interface Holder {
  readonly pid: number;
  /** Where that id means something: the host, and on Linux the namespace of its process ids. */
  readonly machine: string;
  /** What tells the process from a later one with the same id; null if the system does not say. */
  readonly started: string | null;
  /** ISO 8601. */
  readonly since: string;
}

const machine = `${hostname()} ${pidNamespace()}`.trim();
const held = new Map<string, () => void>();

/**
 * Takes the lock of a folder for this process, unless it has it already. A lock that a dead process left behind is taken over.
 *
 * @throws {SettingsError} if another process holds it
 */
export async function lockFolder(dir: string): Promise<void> {
  const file = join(resolve(dir), lockName);
  if (held.has(file)) return;
  const own: Holder = { pid: process.pid, machine, started: startOf(process.pid), since: new Date().toISOString() };
  const text = `${JSON.stringify(own)}\n`;
  while (!(await write(file, text))) {
    const found = await readFile(file, 'utf8').catch(() => undefined);
    if (found === undefined) continue;
    if (!(await isLeftBehind(file, found))) throw lockedBy(found);
    await removeIfSame(file, found);
  }
  const touching = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), touched.every).unref();
  const release = () => {
    clearInterval(touching);
    process.off('exit', release);
    held.delete(file);
    // Whoever has removed this one may have made another.
    if (textOf(file) === text) rmSync(file, { force: true });
  };
  process.once('exit', release);
  held.set(file, release);
}

/** Gives the lock of a folder back, if this process has it. It also ends with the process. */
export function unlockFolder(dir: string): void {
  held.get(join(resolve(dir), lockName))?.();
}

/** Whether the file was made; false if there is one already, or a link in its place. */
async function write(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isLeftBehind(file: string, found: string): Promise<boolean> {
  const holder = holderIn(found);
  if (holder?.machine === machine) return !isRunning(holder);
  // Of another machine, or not written to its end: all that is known is how long ago it was touched.
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs > touched.stale;
}

/** Removes a lock, and puts it back if it is no longer the one that was looked at: another run has taken over in the meantime. */
async function removeIfSame(file: string, found: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== found) await copyFile(aside, file, constants.COPYFILE_EXCL).catch(() => undefined);
  await rm(aside, { force: true });
}

function lockedBy(text: string): SettingsError {
  const holder = holderIn(text);
  const which = holder ? `process ${holder.pid}${holder.machine === machine ? '' : ` on ${holder.machine.split(' ')[0]}`}, since ${holder.since}` : 'it has just begun';
  return new SettingsError([`OAUTH_REPORTS_DIR names a folder that another run is writing to (${which}): wait until that has ended, or name another folder`]);
}

function holderIn(text: string): Holder | undefined {
  try {
    const { pid, machine: of, started, since } = JSON.parse(text) as Partial<Holder>;
    if (Number.isSafeInteger(pid) && typeof of === 'string' && typeof since === 'string' && /^[\w.:+-]+$/.test(since)) return { pid: Number(pid), machine: of, started: started ?? null, since };
  } catch {
    // Not written to its end, or not by this kit.
  }
  return undefined;
}

function isRunning({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  return started === null || startOf(pid) === started;
}

/** When a process started, in ticks since the system did; null if the system does not say. */
function startOf(pid: number): string | null {
  // The name of the program, in brackets, may hold anything.
  return textOf(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')[19] ?? null;
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
