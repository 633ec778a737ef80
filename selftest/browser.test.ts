import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { marked } from 'marked';
import type { Locator, Page } from 'playwright';
import { requirements } from '../contracts/requirements/index.ts';
import type { Conformance } from '../kit/reports/conformance.ts';
import { overviewPage } from '../kit/reports/overview.ts';
import { startReference } from '../reference/server.ts';
import { openPage } from './support/browser.ts';
import { command, conformanceIn, run, temporaryFolder } from './support/command.ts';
import { actsOnRunner } from './support/hostileText.ts';
import { forwardChanged, serve } from './support/servers.ts';

/** What a hostile target says wherever it can: markup, links and scripts of several kinds, escapes, and what breaks lines. */
const hostile =
  '<script>scriptOfTheTarget()</script><img src=x onerror=scriptOfTheTarget()> [click](javascript:scriptOfTheTarget()) ' +
  '"><svg onload=scriptOfTheTarget()> ![](http://127.0.0.1:9/leak.png) </pre></td> ]]> ${1} \u001b[31m \u202e ../../etc/passwd ' +
  '&nbsp; &foo; &#0; &lt;b&gt; <!-- <![CDATA[ \ud800 \uffff \u0085 \u2028 \u{e0041} @everyone http://127.0.0.1:9/ $x$ ##[error]x ##vso[x] ##teamcity[x] section_start:1:x\r\u001b[0K\n::error::x\n--- x';

/** Judges a server whose refusals are not those of the contract, and full of what would act on a page. */
async function judged(t: TestContext): Promise<{ reportsDir: string; conformance: Conformance }> {
  const { baseUrl, clients, close } = await startReference();
  t.after(close);
  const url = await serve(t, (request, response) =>
    forwardChanged(baseUrl, request, response, (passed) => {
      const text = passed.body.toString().replace(/"(detail|title|name)":"[^"]*"/g, (_, name: string) => `"${name}":${JSON.stringify(hostile)}`);
      passed.body = Buffer.from(text.replace(/"status":"415"/g, `"status":${JSON.stringify(hostile)}`));
      passed.headers.push('X-Hostile', '<script>scriptOfTheTarget()</script>');
    }),
  );
  const reportsDir = temporaryFolder(t);
  const [client, other] = clients;
  const { exitCode, stdout, stderr } = await run(command('run'), {
    GITHUB_ACTIONS: 'true',
    OAUTH_BASE_URL: `${url}/fault/every-wrong-content-type-as-415`,
    OAUTH_CLIENT_ID: client.id,
    OAUTH_CLIENT_SECRET: client.secret,
    OAUTH_OTHER_CLIENT_ID: other.id,
    OAUTH_OTHER_CLIENT_SECRET: other.secret,
    OAUTH_REPORTS_DIR: reportsDir,
  });
  assert.equal(exitCode, 1);
  const annotations = /^::(error|warning) title=(?=[A-Z]+-\d+ )/gm;
  assert.match(stdout, annotations);
  assert.deepEqual([...actsOnRunner(stdout.replace(annotations, '')), ...actsOnRunner(stderr)], []);
  return { reportsDir, conformance: conformanceIn(reportsDir) };
}

/** Opens the groups of a tree, the outer ones first, until so many leaves are seen. */
async function openAll(groups: Locator, leaves: Locator, count: number): Promise<void> {
  for (let i = 0; (await leaves.count()) < count; i++) {
    const before = await groups.count() + await leaves.count();
    await groups.nth(i).click();
    // One that was open is closed by this, and opened again.
    if (await groups.count() + await leaves.count() < before) await groups.nth(i).click();
  }
}

async function axeProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(document, ${JSON.stringify({ runOnly: rules })})`);
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}

/** Light, dark and on a phone. */
async function assertReadable(page: Page): Promise<void> {
  const size = page.viewportSize();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await axeProblems(page), [], colorScheme);
  }
  await page.setViewportSize({ width: 360, height: 800 });
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  assert.equal(overflow, 0, 'a phone has to scroll sideways');
  if (size) await page.setViewportSize(size);
}

test('the reports of a hostile target, in a browser', async (suite) => {
  const { reportsDir, conformance } = await judged(suite);
  const urlOf = (path: string) => new URL(path, `${pathToFileURL(reportsDir).href}/`).href;

  await suite.test('the statement has the right counts and every requirement, is accessible, and does nothing', async (t) => {
    const { page, incidents } = await openPage(t);
    await page.goto(urlOf('statement.html'));
    const counts = await page.locator('.counts li').allInnerTexts();
    assert.deepEqual(counts, Object.entries(conformance.counts).map(([name, count]) => `${count} ${name}`));
    assert.equal(await page.locator('.verdict strong').innerText(), conformance.verdict);
    assert.deepEqual(
      await page.locator('tbody tr').evaluateAll((rows) => rows.map(({ id }) => id)),
      conformance.requirements.map(({ id }) => id),
    );
    assert.equal(await page.locator('script, img, svg, a[href^="javascript:"]').count(), 0);
    await assertReadable(page);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    assert.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)', 'paper is white');
    assert.deepEqual(incidents, []);
  });

  await suite.test('the index of many targets is readable and accessible, and leads to their reports', async (t) => {
    const { page, incidents } = await openPage(t);
    const targets = [{ name: 'hostile', folder: '.', conformance }, { name: 'none', folder: 'none', problem: hostile }];
    await writeFile(join(reportsDir, 'index.html'), overviewPage(targets));
    await page.goto(urlOf('index.html'));
    assert.equal(await page.locator('tbody strong').first().innerText(), conformance.verdict);
    await assertReadable(page);
    await page.getByText('statement of hostile').click();
    assert.equal(page.url(), urlOf('statement.html'));
    assert.deepEqual(incidents, []);
  });

  await suite.test('the Allure report has the right counts and every requirement, shows exchanges, and does nothing', async (t) => {
    const { page, incidents } = await openPage(t);
    await page.goto(urlOf('allure-report/index.html'));
    await page.getByText('MUST', { exact: true }).first().waitFor();
    assert.match(await page.locator('body').innerText(), new RegExp(`Failed\\s*${conformance.counts.violated}\\b`));

    await openAll(page.getByTestId('tree-section').filter({ has: page.getByTestId('tree-arrow') }), page.getByTestId('tree-leaf'), requirements.length);
    const titles = await page.getByTestId('tree-leaf-title').allInnerTexts();
    const expected = conformance.requirements.map(({ id, title }) => `${id} ${title}`);
    assert.deepEqual(titles.map((title) => title.replace('WARNING ', '')).toSorted(), expected.toSorted());

    await page.getByTestId('tree-leaf-title').filter({ hasText: 'CT-201' }).click();
    await page.getByText('text/plain, nested body', { exact: true }).first().waitFor();
    assert.equal(await page.getByTestId('test-result-attachment-missed').count(), 0);
    const attachments = page.getByTestId('test-result-attachment-header');
    await attachments.filter({ hasText: 'POST oauth/token' }).first().click();
    await page.getByText('415').first().waitFor();
    await attachments.filter({ hasText: 'reproduce with curl' }).first().click();
    await page.getByText('"$OAUTH_CLIENT_SECRET"').first().waitFor();

    const place = await page.getByTestId('test-result-meta-link').innerText();
    await page.goto(urlOf(place));
    assert.match(await page.locator('#CT-201').innerText(), /Every other Content-Type is answered 403/);
    assert.deepEqual(incidents, []);
  });

  await suite.test('the summary, as a page of Markdown, does nothing', async (t) => {
    const { page, incidents } = await openPage(t);
    const markdown = await readFile(join(reportsDir, 'summary.md'), 'utf8');
    // Raw HTML stays in it here, which who shows Markdown to others would take out.
    await writeFile(join(reportsDir, 'summary.html'), `<!doctype html><meta charset="utf-8"><body>${await marked(markdown)}`);
    await page.goto(urlOf('summary.html'));
    assert.match(await page.locator('h1').innerText(), /^OAuth conformance: non-conformant$/);
    assert.equal(await page.locator('script, img, svg, a').count(), 0);
    assert.deepEqual(incidents, []);
  });

  for (const file of ['junit.xml', 'badge.svg']) {
    await suite.test(`${file} is well-formed, and does nothing`, async (t) => {
      const { page, incidents } = await openPage(t);
      await page.goto(urlOf(file));
      assert.equal(await page.locator('parsererror').count(), 0);
      assert.deepEqual(incidents, []);
    });
  }
});
