import { html } from 'hono/html';
import { outputs } from './folder.ts';
import { unwrittenJunit } from './junit.ts';
import { page } from './page.ts';
import { systemCodeOf } from './unwritten.ts';

/**
 * What is left in place of a report that could not be written: a file below the reports folder that says so, in the kit's own words, since
 * the words of the error may be a target's.
 *
 * @param name one of `outputs`
 */
export function placeholder(name: string, error: unknown): { readonly file: string; readonly content: string } {
  const why = `This report could not be written: ${cause(error)}. The output of the run says more; the verdict is in ${outputs.conformance} and in the exit code.`;
  const asPage = () => page('Report that could not be written', html`<h1>Report that could not be written</h1><p>${why}</p>`);
  switch (name) {
    case outputs.junit:
      return { file: name, content: unwrittenJunit(why) };
    case outputs.summary:
      return { file: name, content: `# OAuth conformance: report that could not be written\n\n${why}\n` };
    case outputs.statement:
      return { file: name, content: asPage() };
    case outputs.badge:
      return { file: name, content: unwrittenBadge(why) };
    case outputs.allureReport:
      return { file: `${name}/index.html`, content: asPage() };
    default:
      return { file: `${name}/unwritten.txt`, content: `${why}\n` };
  }
}

function cause(error: unknown): string {
  const code = systemCodeOf(error);
  if (code !== undefined) return `the system did not allow it (${code})`;
  const name = error instanceof Error ? error.name : '';
  return `the kit itself failed (${/^\w{1,40}$/.test(name) ? name : 'an error'})`;
}

function unwrittenBadge(why: string): string {
  return `${String(html`<svg xmlns="http://www.w3.org/2000/svg" width="190" height="20" role="img" aria-label="report that could not be written">
  <title>${why}</title>
  <text x="8" y="14" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11">report could not be written</text>
</svg>`)}\n`;
}
