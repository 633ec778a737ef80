import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { requirements } from '../contracts/requirements/index.ts';
import { requirementsPage } from '../docs/requirementsPage.ts';

const page = readFileSync(new URL('../docs/requirements.md', import.meta.url), 'utf8');

test('docs/requirements.md is what the register says', () => {
  assert.equal(page, requirementsPage(), 'docs/requirements.md is stale: run `npm run docs`');
});

test('every requirement has one heading, which is its id, and one link from the contents', () => {
  const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, id]) => id);
  assert.deepEqual(headings, requirements.map(({ id }) => id));
  const links = [...page.matchAll(/\[([A-Z]+-\d+)\]\(#([^)]+)\)/g)];
  assert.deepEqual(links.map(([, id]) => id), headings);
  for (const [, id, anchor] of links) assert.equal(anchor, id?.toLowerCase());
});

test('every text of the register stands on the page, and nothing in it is taken for Markdown', () => {
  for (const { title, statement, source, cause } of requirements) {
    for (const text of [title, statement, source, cause]) assert.ok(page.replaceAll('\\', '').includes(text), text);
  }
  assert.doesNotMatch(page.replaceAll('\\*', '').replaceAll(/^\*\*.*\*\*$/gm, ''), /\*/);
});
