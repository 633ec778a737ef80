import { html } from 'hono/html';
import { requirement } from '../../contracts/requirements/index.ts';
import { alike } from '../judging/card.ts';
import { verdictLine, type JudgedRequirement } from '../judging/verdict.ts';
import { inLine, printable } from '../printable.ts';
import { waiverText } from '../settings/waivers.ts';
import type { Conformance } from './conformance.ts';
import { cardOf, targetName } from './text.ts';

/** The template escapes what XML escapes; what XML 1.0 cannot hold, `printable` has replaced. */
type Xml = ReturnType<typeof html>;

/**
 * The run as JUnit XML: a suite an operation, a case a requirement. A violated MUST is a failure and a blocked one an
 * error; a violated SHOULD passes with its card as output, since it is a warning.
 */
export function junit(conformance: Conformance): string {
  const { requirements } = conformance;
  const operations = [...new Set(requirements.map(({ operation }) => operation))];
  return document(
    totals(requirements),
    operations.map((operation) => {
      const cases = requirements.filter((each) => each.operation === operation);
      return html`
  <testsuite name="${operation}" timestamp="${conformance.startedAt}" ${totals(cases)}>
    <properties>
      ${property('target', targetName(conformance.target))}
      ${property('verdict', verdictLine(conformance, conformance.cause))}
    </properties>${cases.map(testcase)}
  </testsuite>`;
    }),
  );
}

/** The same for a run of which it could not be written: one error. @param why in the kit's own words */
export function unwrittenJunit(why: string): string {
  const one = html`tests="1" failures="0" errors="1" skipped="0" time="0.000"`;
  return document(
    one,
    html`
  <testsuite name="reports" ${one}>
    <testcase name="junit.xml" classname="reports" time="0.000">
      <error type="unwritten" message="${inLine(why)}"/>
    </testcase>
  </testsuite>`,
  );
}

function document(attributes: Xml, suites: Xml | readonly Xml[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${String(html`<testsuites name="oauth-conformance-kit" ${attributes}>${suites}
</testsuites>`)}\n`;
}

function totals(requirements: readonly JudgedRequirement[]): Xml {
  const count = (test: (each: JudgedRequirement) => boolean) => requirements.filter(test).length;
  const time = seconds(requirements.reduce((sum, { durationMs }) => sum + durationMs, 0));
  return html`tests="${requirements.length}" failures="${count(isFailure)}" errors="${count(isError)}" skipped="${count((each) => isSkipped(each))}" time="${time}"`;
}

const isFailure = ({ result, level, waiver }: JudgedRequirement) => result === 'violated' && level === 'MUST' && !waiver;
const isError = ({ result, level }: JudgedRequirement) => result === 'blocked' && level === 'MUST';
const isSkipped = ({ result, level, waiver }: JudgedRequirement) =>
  waiver !== undefined || result === 'skipped' || (result === 'blocked' && level !== 'MUST');

function testcase(each: JudgedRequirement): Xml {
  const { id, title, operation, level, result, durationMs } = each;
  return html`
    <testcase name="${inLine(`${id} ${title}`)}" classname="${operation}.${requirement(id).subject}" time="${seconds(durationMs)}">
      <properties>
        ${property('requirement', id)}
        ${property('level', level)}
        ${property('result', result)}
      </properties>${outcome(each)}
    </testcase>`;
}

function outcome(each: JudgedRequirement): Xml | '' {
  const { level, result, reason = 'no reason was given', observation, findings, waiver } = each;
  const [first = ''] = findings.map(({ expected, actual }) => `expected ${expected}; got ${actual}`);
  if (isFailure(each)) {
    return html`
      <failure type="${level}" message="${inLine(first)}">${printable(cardOf(each))}</failure>${output(commandsOf(each))}`;
  }
  if (isError(each)) {
    return html`
      <error type="blocked" message="${inLine(reason)}"/>`;
  }
  if (isSkipped(each)) {
    return html`
      <skipped message="${inLine(waiver ? `waived: ${waiverText(waiver)}` : `${result}: ${reason}`)}"/>`;
  }
  if (result === 'violated') return output(`warning\n${cardOf(each)}`);
  return observation ? output(observation) : '';
}

function output(text: string): Xml {
  return html`
      <system-out>${printable(text)}</system-out>`;
}

function property(name: string, value: string): Xml {
  return html`<property name="${name}" value="${inLine(value)}"/>`;
}

/** What is run to see each violation. */
function commandsOf({ findings }: JudgedRequirement): string {
  return alike(findings).map(({ cases, finding: { reproduce = 'cannot be sent again' } }) => `# ${cases}\n${reproduce}`).join('\n');
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
