import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import GithubSlugger from 'github-slugger';
import { marked, type Token, type Tokens } from 'marked';
import { requirements } from '../contracts/requirements/index.ts';
import { project } from './support/command.ts';

const pages = ['.', 'contracts', 'docs', 'examples', 'tests'].flatMap((folder) =>
  readdirSync(join(project, folder)).filter((name) => name.endsWith('.md')).map((name) => join(folder, name)),
);

const textOf = (page: string): string => readFileSync(join(project, page), 'utf8');

/** Where a page's links and images lead to, as Markdown has them (what is code is none), and the anchors of its headings. */
function partsOf(page: string): { links: string[]; anchors: string[] } {
  const links: string[] = [];
  const anchors: string[] = [];
  const slugger = new GithubSlugger();
  const visit = (token: Token): void => {
    if (token.type === 'link' || token.type === 'image') links.push((token as Tokens.Link).href);
    if (token.type === 'heading') anchors.push(slugger.slug((token as Tokens.Heading).text.replaceAll(/[`*]/g, '')));
  };
  void marked.walkTokens(marked.lexer(textOf(page)), visit);
  return { links, anchors };
}

for (const page of pages) {
  test(`the links of ${page} lead somewhere`, () => {
    for (const link of partsOf(page).links.filter((each) => !/^[a-z]+:/i.test(each))) {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      assert.ok(existsSync(join(project, file)), `${link}: there is no ${file}`);
      if (anchor !== undefined) assert.ok(partsOf(file).anchors.includes(anchor), `${link}: ${file} has no such heading`);
    }
  });
}

test('the pages name requirements that exist', () => {
  const ids = new Set<string>(requirements.map(({ id }) => id));
  for (const page of pages) {
    for (const [id] of textOf(page).matchAll(/\b(CT|TG|TO|X)-\d{3}\b/g)) assert.ok(ids.has(id), `${page}: ${id}`);
  }
});

test('each ruling has both sides, a decision, a reason, and requirements that are linked by their ids', () => {
  const rulings = textOf('docs/rulings.md').split(/^### /m).slice(1);
  assert.ok(rulings.length > 10);
  for (const ruling of rulings) {
    const parts = [...ruling.matchAll(/^\*([\w ]+):\* \S/gm)].map(([, name]) => name);
    assert.deepEqual(parts, ['The documentation', 'The kit', 'Why', 'Requirements'], ruling);
  }
  const links = textOf('docs/rulings.md').matchAll(/\[([A-Z]+-\d+)\]\(([^)]*)\)/g);
  for (const [, id = '', link] of links) assert.equal(link, `requirements.md#${id.toLowerCase()}`);
});
