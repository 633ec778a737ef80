import type { TestContext } from 'node:test';
import { chromium, type Page } from 'playwright';

const switches = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page of Debian's Chromium, and all that has happened in it that a report must not do: it is empty where all is well. */
export interface Watched {
  readonly page: Page;
  readonly incidents: string[];
}

/** Opens a page for the length of a test. */
export async function openPage(t: TestContext): Promise<Watched> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: switches });
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  page.setDefaultTimeout(30_000);
  const incidents: string[] = [];
  page.on('console', (message) => message.type() === 'error' && incidents.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => incidents.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    incidents.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) incidents.push(`request: ${request.url().slice(0, 200)}`);
  });
  // What a target says must not come to run: it would call this.
  await page.exposeFunction('scriptOfTheTarget', () => void incidents.push('a script of the target ran'));
  return { page, incidents };
}
