import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { extension } from './kit/version.ts';

export default defineConfig({
  testDir: 'tests',
  // What the runner itself writes has no place among the reports; the reporter removes it. The workers, which read this
  // file again, find the folder in the environment.
  outputDir: (process.env.KIT_OUTPUT_DIR ??= join(tmpdir(), `oauth-conformance-kit-${process.pid}`)),
  globalSetup: `./kit/runner/global-setup.${extension}`,
  // One worker takes the files in their order: refused logins last, then what is judged over every exchange. Requests
  // run concurrently inside the checks.
  workers: 1,
  // The gateway has deadlines for all that is sent.
  timeout: 0,
  reporter: `./kit/runner/reporter.${extension}`,
});
