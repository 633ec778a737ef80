import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import { requirement } from '../../contracts/requirements/index.ts';
import { alike } from '../judging/card.ts';
import { verdictLine, type JudgedRequirement } from '../judging/verdict.ts';
import { waiverText } from '../settings/waivers.ts';
import type { Conformance } from './conformance.ts';
import { cardOf, targetName } from './text.ts';

/**
 * The run as JUnit XML: a suite an operation, a case a requirement. A violated MUST is a failure and a blocked one an
 * error; a violated SHOULD passes with its card as output, since it is a warning.
 */
export function junit(conformance: Conformance): string {
  const { requirements } = conformance;
  const root = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' });
  const suites = root.ele('testsuites', { name: 'oauth-conformance-kit', ...totals(requirements) });
  for (const operation of new Set(requirements.map((each) => each.operation))) {
    const cases = requirements.filter((each) => each.operation === operation);
    const suite = suites.ele('testsuite', { name: operation, timestamp: conformance.startedAt, ...totals(cases) });
    suite
      .ele('properties')
      .ele('property', { name: 'target', value: targetName(conformance.target) })
      .up()
      .ele('property', { name: 'verdict', value: verdictLine(conformance, conformance.cause) });
    for (const each of cases) testcase(suite, each);
  }
  return root.end({ prettyPrint: true });
}

function totals(requirements: readonly JudgedRequirement[]) {
  const count = (test: (each: JudgedRequirement) => boolean) => requirements.filter(test).length;
  return {
    tests: requirements.length,
    failures: count(isFailure),
    errors: count(isError),
    skipped: count((each) => isSkipped(each)),
    time: seconds(requirements.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
}

const isFailure = ({ result, level, waiver }: JudgedRequirement) => result === 'violated' && level === 'MUST' && !waiver;
const isError = ({ result, level }: JudgedRequirement) => result === 'blocked' && level === 'MUST';
const isSkipped = ({ result, level, waiver }: JudgedRequirement) =>
  waiver !== undefined || result === 'skipped' || (result === 'blocked' && level !== 'MUST');

function testcase(suite: XMLBuilder, each: JudgedRequirement): void {
  const { id, title, operation, level, result, reason, observation, findings, durationMs } = each;
  const classname = `${operation}.${requirement(id).subject}`;
  const element = suite.ele('testcase', { name: `${id} ${title}`, classname, time: seconds(durationMs) });
  const properties = element.ele('properties');
  for (const [name, value] of Object.entries({ requirement: id, level, result })) properties.ele('property', { name, value });
  const message = findings.map(({ expected, actual }) => `expected ${expected}; got ${actual}`)[0];
  if (isFailure(each)) element.ele('failure', { type: level, message }).txt(cardOf(each)).up().ele('system-out').txt(commandsOf(each));
  else if (isError(each)) element.ele('error', { type: 'blocked', message: reason });
  else if (isSkipped(each)) element.ele('skipped', { message: each.waiver ? `waived: ${waiverText(each.waiver)}` : `${result}: ${reason}` });
  else if (result === 'violated') element.ele('system-out').txt(`warning\n${cardOf(each)}`);
  else if (observation) element.ele('system-out').txt(observation);
}

/** What is run to see each violation. */
function commandsOf({ findings }: JudgedRequirement): string {
  return alike(findings).map(({ cases, finding: { reproduce = 'cannot be sent again' } }) => `# ${cases}\n${reproduce}`).join('\n');
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
