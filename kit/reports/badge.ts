import { html } from 'hono/html';
import type { Conformance } from './conformance.ts';

const colours = { conformant: '#17692b', 'non-conformant': '#a81e1e', inconclusive: '#57606a' } as const;
/** About the width of a character at the size of the text, in pixels; `textLength` makes it so. */
const characterWidth = 6.6;
const padding = 8;

/** The verdict as an image for a README or a wiki, in SVG. Where a MUST was not asked, it says so. */
export function badge({ verdict, complete, contract }: Conformance): string {
  const label = `OAuth contract ${contract.version}`;
  const message = verdict === 'conformant' && !complete ? 'conformant in what was asked' : verdict;
  const [left, right] = [widthOf(label), widthOf(message)];
  return `${String(html`<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${message}">
  <title>${label}: ${message}</title>
  <rect width="${left}" height="20" fill="#3b434b" />
  <rect x="${left}" width="${right}" height="20" fill="${colours[verdict]}" />
  <g fill="#ffffff" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11">
    <text x="${padding}" y="14" textLength="${left - 2 * padding}">${label}</text>
    <text x="${left + padding}" y="14" textLength="${right - 2 * padding}">${message}</text>
  </g>
</svg>`)}\n`;
}

function widthOf(text: string): number {
  return Math.round(text.length * characterWidth) + 2 * padding;
}
