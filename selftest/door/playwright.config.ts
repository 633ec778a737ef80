import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

// The door uses Playwright's request contexts, so its tests run where the checks run.
export default defineConfig({
  testDir: '.',
  outputDir: join(tmpdir(), 'oauth-conformance-kit-door'),
  workers: 1,
  reporter: 'line',
});
