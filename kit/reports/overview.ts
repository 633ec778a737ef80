import { html } from 'hono/html';
import { verdictLine, type Verdict } from '../judging/verdict.ts';
import type { Conformance } from './conformance.ts';
import { page } from './page.ts';
import { listed } from './text.ts';
import { inLine, printable } from '../printable.ts';

/** What became of one of several targets. */
export interface Overviewed {
  readonly name: string;
  /** Where its reports are, relative to the overview. */
  readonly folder: string;
  /** Undefined where it has no result. */
  readonly conformance?: Conformance;
  /** Why it has none. */
  readonly problem?: string;
}

/** Several targets in one file: `index.json`. */
export function overviewJson(targets: readonly Overviewed[]): object {
  return {
    schemaVersion: 1,
    targets: targets.map(({ name, folder, conformance, problem }) => ({
      name,
      folder,
      ...(conformance && {
        baseUrl: conformance.target.baseUrl,
        profile: conformance.profile,
        startedAt: conformance.startedAt,
        verdict: conformance.verdict,
        complete: conformance.complete,
        line: verdictLine(conformance, conformance.cause),
        counts: conformance.counts,
        violated: violatedIn(conformance),
      }),
      ...(problem !== undefined && { problem }),
    })),
  };
}

/** The MUST requirements that a target is non-conformant by. */
function violatedIn({ requirements }: Conformance): readonly string[] {
  return requirements.filter(({ level, result, waiver }) => level === 'MUST' && result === 'violated' && !waiver).map(({ id }) => id);
}

/** Several targets on one page: `index.html`. */
export function overviewPage(targets: readonly Overviewed[]): string {
  const having = (verdict: Verdict | undefined) => targets.filter(({ conformance }) => conformance?.verdict === verdict).length;
  return page(
    `OAuth conformance of ${targets.length} targets`,
    html`
      <h1>OAuth conformance of ${targets.length} targets</h1>
      <p>${having('conformant')} conformant, ${having('non-conformant')} non-conformant, ${having('inconclusive')} inconclusive, ${having(undefined)} without a result.</p>
      <table>
        <caption>Targets</caption>
        <thead><tr><th scope="col">Target</th><th scope="col">Verdict</th><th scope="col">Reports</th></tr></thead>
        <tbody>${targets.map(row)}</tbody>
      </table>
    `,
  );
}

function row({ name, folder, conformance, problem }: Overviewed): ReturnType<typeof html> {
  if (!conformance) return html`<tr><td>${inLine(name)}</td><td><strong class="blocked">no result</strong><p>${printable(problem ?? '')}</p></td><td></td></tr>`;
  const { verdict, target, profile, startedAt, cause } = conformance;
  const link = (file: string, text: string) => html`<a href="${[...folder.split('/').map(encodeURIComponent), file].join('/')}">${text}</a>`;
  return html`<tr>
    <td>${inLine(name)}<p>${target.baseUrl}</p><p>${profile}, ${startedAt}</p></td>
    <td><strong class="${colours[verdict]}">${verdict}</strong>${printable(verdictLine(conformance, cause)).slice(verdict.length)}<p>${listed(violatedIn(conformance), ' ')}</p></td>
    <td>${link('statement.html', `statement of ${inLine(name)}`)}, ${link('allure-report/index.html', `Allure of ${inLine(name)}`)}</td>
  </tr>`;
}

const colours = { conformant: 'passed', 'non-conformant': 'violated', inconclusive: 'blocked' } as const;
