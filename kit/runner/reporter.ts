import type { FullConfig, FullResult, Reporter, Suite, TestError } from '@playwright/test/reporter';
import { requirements } from '../../contracts/requirements/index.ts';
import { gatewayVariable } from './control.ts';
import { openDoor } from './door.ts';
import { redact } from '../secrets/shown.ts';
import { print } from '../print.ts';
import { ownSession } from './global-setup.ts';

/**
 * Tells the run which requirements were selected. Under `npx playwright test`, where no command of the kit holds the
 * run, it also ends it: the reports are written, and the runner's status follows from the verdict.
 */
export default class ConformanceReporter implements Reporter {
  #selected: string[] = [];

  /** Where nothing is run, the listing is left to the runner. */
  printsToStdio(): boolean {
    return !process.argv.includes('--list');
  }

  onBegin(_: FullConfig, suite: Suite): void {
    endWithParent();
    this.#selected = suite.allTests().map(({ title }) => title.split(' ')[0] ?? '');
  }

  /** What kept the runner from its work, wrong settings among it: nobody else would say so. */
  onError({ message = '' }: TestError): void {
    print(`${redact(message.replace(/^\w*Error: /, ''))}\n`, process.stderr);
  }

  async onEnd({ status }: FullResult): Promise<void> {
    // `--list` runs nothing, and so has no gateway.
    if (process.env[gatewayVariable] === undefined) return;
    if (status === 'interrupted') ownSession()?.run.end({ kind: 'interrupted', message: 'the run was interrupted' });
    const door = await openDoor();
    const filter = filterOf(process.argv.slice(3));
    // Without a filter all were asked for: one that has no test then ends as blocked, not as left out.
    const all = requirements.map(({ id }) => id);
    await door.select({ requirements: filter === null ? all : this.#selected, filter });
    await door.close();
  }

  async onExit(): Promise<void> {
    const session = ownSession();
    if (!session) return;
    // Loaded only here: see the global setup.
    const { finish } = await import('../finish.ts');
    const exitCode = await finish(session);
    // In place of the runner's own, which is no verdict.
    process.once('exit', () => (process.exitCode = exitCode));
  }
}

/** Where the process that started the runner is killed, nobody waits for the checks any more. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.exit(), 500).unref();
}

/** The arguments of `playwright test` that select tests, as they were given; null where there are none. */
function filterOf(args: readonly string[]): string | null {
  const own = ['--config', '--reporter'];
  const rest = args.filter((arg, i) => !own.includes(arg) && !own.includes(args[i - 1] ?? ''));
  return rest.length > 0 ? rest.join(' ') : null;
}
