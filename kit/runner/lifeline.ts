import { cacheVariable, transformCache } from './cache.ts';
import { makeScratch, removeScratch, scratchIn, scratchVariable } from './scratch.ts';

// The first thing that the runner and its worker load, by way of `playwright.config`.

/** The runner is started as `playwright test …`, its workers without arguments. */
const isRunner = process.argv.length > 2;

/** How long what is being written gets to be there, in milliseconds. */
const patience = 50;

/** The scratch folder of the run: that of the process that started this one, or under `npx playwright test` a new one. */
export const scratch: string = (process.env[scratchVariable] = scratchIn(process.env) ?? makeScratch());

// Under `npx playwright test` the runner has its own by now; the workers start later.
process.env[cacheVariable] ??= transformCache(scratch);

if (isRunner) process.once('exit', () => removeScratch(scratch));

// The kit and Playwright start their processes with a channel, which closes when the parent dies, even if that was long before this
// line. Then nobody waits for the checks any more, and they end at once, with the credentials that they hold.
if (process.send) {
  if (!process.connected) end();
  process.once('disconnect', end);
  // A listener alone would keep the runner from its own end; a worker waits on its channel for work.
  if (isRunner) process.channel?.unref();
}

function end(): never {
  // A worker may be writing into the folder that its runner has removed: let that end, begin nothing else, and remove it again.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, patience);
  removeScratch(scratch);
  process.exit();
}
