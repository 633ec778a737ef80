import { scratch } from './kit/runner/lifeline.ts';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { extension } from './kit/version.ts';

export default defineConfig({
  testDir: 'tests',
  // What the runner itself writes has no place among the reports. Playwright empties this folder, so the kit has made it.
  outputDir: join(scratch, 'output'),
  globalSetup: `./kit/runner/global-setup.${extension}`,
  // One worker takes the files in their order: refused logins last, then what is judged over every exchange. Requests
  // run concurrently inside the checks.
  workers: 1,
  // The gateway has deadlines for all that is sent.
  timeout: 0,
  reporter: `./kit/runner/reporter.${extension}`,
});
