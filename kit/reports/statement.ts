import { html } from 'hono/html';
import { requirement } from '../../contracts/requirements/index.ts';
import { alike } from '../judging/card.ts';
import { verdictLine, type JudgedRequirement } from '../judging/verdict.ts';
import type { Conformance } from './conformance.ts';
import { page } from './page.ts';
import { byReason, byWaiver, ended, listed, targetName, violations, type Violation } from './text.ts';
import { printable } from '../printable.ts';

type Html = ReturnType<typeof html>;

const operations = { createToken: 'createToken', fetchTokenGroups: 'fetchTokenGroups', fetchTokenOrganization: 'fetchTokenOrganization', all: 'Across operations' } as const;

/**
 * The run as one page for people, which needs nothing else and runs no script. Its elements have the ids of the requirements,
 * so that others can link to them.
 *
 * @param digest the SHA-256 of `conformance.json`, in hexadecimal
 * @param unsigned says that it is of a bundle that nobody has signed
 */
export function statement(conformance: Conformance, digest: string, { unsigned = false } = {}): string {
  const { target, verdict, requirements, contract, kit, cause } = conformance;
  const line = printable(verdictLine(conformance, cause)).slice(verdict.length);
  return page(
    `${verdict}: OAuth conformance of ${targetName(target)}`,
    html`
      <h1>Statement of OAuth conformance</h1>
      ${unsigned ? html`<p class="verdict inconclusive"><strong>unsigned</strong>: nobody has signed what this belongs to, so it proves nothing to others.</p>` : ''}
      <p>Of ${targetName(target)}, judged on ${date(conformance.startedAt)} against version ${contract.version} of the contract.</p>
      <p class="verdict ${verdict}"><strong>${verdict}</strong>${line}</p>
      ${scope(conformance)}
      <h2>Counts</h2>
      <ul class="counts">
        ${Object.entries(conformance.counts).map(([name, count]) => html`<li>${count} ${name}</li>`)}
      </ul>
      ${section('Violations', violations(requirements, 'MUST').map((each) => card(each, 'violated')))}
      ${section('Warnings', violations(requirements, 'SHOULD').map((each) => card(each, 'warning')))}
      ${section('Waived', leftOut(byWaiver(requirements)))}
      ${section('Not asked', leftOut(byReason(ended(requirements, 'skipped'))))}
      ${section('Could not be judged', leftOut(byReason(ended(requirements, 'blocked'))))}
      ${Object.entries(operations).map(([operation, heading]) =>
        table(heading, requirements.filter((each) => each.operation === operation)),
      )}
      <h2>Environment</h2>
      <dl>
        ${Object.entries(environment(conformance)).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
        <dt>Results</dt>
        <dd>conformance.json, SHA-256 <code>${digest}</code></dd>
        <dt>Contract</dt>
        <dd>version ${contract.version}, SHA-256 <code>${contract.sha256}</code></dd>
        <dt>Kit</dt>
        <dd>${kit.name} ${kit.version}</dd>
      </dl>
    `,
  );
}

/** What the verdict speaks of. */
function scope({ complete, filter, requirements, target }: Conformance): Html {
  const musts = requirements.filter(({ level }) => level === 'MUST');
  const having = (...results: string[]) => musts.filter(({ result }) => results.includes(result)).length;
  const leftOut = `of the others, ${having('skipped')} were not asked and ${having('blocked')} could not be judged`;
  return html`<p>
    ${having('passed', 'violated')} of ${musts.length} MUST requirements were judged; ${leftOut}.
    The result is ${complete ? 'complete.' : 'not complete.'}
    ${filter === null ? '' : html`Only a part was asked for: <code>${printable(filter)}</code>.`}
    ${target.reference ? 'The target is the reference server of the kit itself: this says nothing about any other.' : ''}
  </p>`;
}

function section(heading: string, content: readonly Html[]): Html | '' {
  return content.length === 0 ? '' : html`<h2>${heading}</h2>${content}`;
}

function card({ shown: { id, level, title, statement: sentence, source, findings }, also }: Violation, result: string): Html {
  return html`<article class="card ${result}">
    <h3>${id} (${level}) ${title}</h3>
    <p>${sentence}</p>
    <dl>
      <dt>Source</dt><dd>${source}</dd>
      <dt>Look at</dt><dd>${requirement(id).cause}</dd>
      ${also.length === 0 ? '' : html`<dt>The same holds for</dt><dd>${also.map((each) => `${each.id} ${each.title}`).join('; ')}</dd>`}
    </dl>
    ${alike(findings).map(
      ({ cases, finding }) => html`<dl>
        <dt>In the</dt><dd>${printable(cases)}</dd>
        <dt>Expected</dt><dd>${printable(finding.expected)}</dd>
        <dt>Actual</dt><dd>${printable(finding.actual)}</dd>
        <dt>Exchange</dt><dd>${printable(finding.exchange)}</dd>
        ${finding.inconsistent ? html`<dt>Inconsistent</dt><dd>The same request, sent once more, was answered as expected.</dd>` : ''}
      </dl>
      ${finding.reproduce === undefined ? '' : html`<pre tabindex="0" aria-label="Commands that reproduce ${id}">${printable(finding.reproduce)}</pre>`}`,
    )}
  </article>`;
}

function leftOut(groups: ReturnType<typeof byReason>): Html[] {
  return groups.map(([reason, ids]) => html`<p><strong>${listed(ids, ', ')}</strong>: ${printable(reason)}</p>`);
}

function table(heading: string, requirements: readonly JudgedRequirement[]): Html {
  return html`<h2>${heading}</h2>
    <table>
      <caption>${requirements.length} requirements</caption>
      <thead><tr><th scope="col">Id</th><th scope="col">Level</th><th scope="col">Requirement</th><th scope="col">Result</th></tr></thead>
      <tbody>
        ${requirements.map(
          ({ id, level, title, statement: sentence, result, waiver, reason, observation }) => html`<tr id="${id}">
            <td>${id}</td>
            <td>${level}</td>
            <td>
              ${title}
              <p>${sentence}</p>
              ${[reason, observation].map((more) => (more === undefined ? '' : html`<p>${printable(more)}</p>`))}
            </td>
            <td class="${result === 'violated' && (waiver || level !== 'MUST') ? 'warning' : result}">${waiver ? 'waived' : result}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
}

function environment({ target, startedAt, durationMs, profile, strict, requests }: Conformance): Record<string, string> {
  return {
    Target: targetName(target),
    Started: startedAt,
    Duration: `${(durationMs / 1000).toFixed(1)} s`,
    Requests: `${requests.total}, by which ${requests.tokensCreated} tokens were created`,
    Profile: profile,
    Strict: strict ? 'yes: a violated SHOULD counts as a violated MUST' : 'no',
    'Node.js': process.version,
  };
}

function date(iso: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(iso)) + ' UTC';
}
