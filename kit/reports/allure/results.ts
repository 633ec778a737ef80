import { randomUUID } from 'node:crypto';
import { Stage, Status, type Attachment, type Label, type Parameter, type StepResult, type TestResult } from 'allure-js-commons';
import { getTestResultHistoryId, getTestResultTestCaseId } from 'allure-js-commons/sdk/reporter';
import { requirement } from '../../../contracts/requirements/index.ts';
import { contractVersion } from '../../../contracts/version.ts';
import { bytes, mediaType, type Exchange } from '../../target/exchange.ts';
import type { Case } from '../../judging/outcome.ts';
import { member } from '../../judging/premises.ts';
import type { JudgedRequirement } from '../../judging/verdict.ts';
import { kitName } from '../../version.ts';
import { waiverText } from '../../settings/waivers.ts';
import type { Conformance } from '../conformance.ts';
import { outputs } from '../folder.ts';
import { cardOf } from '../text.ts';
import { categoryLabel, categoryOf } from './categories.ts';

/** What the steps show of the record of the run. */
export interface Evidence {
  readonly exchanges: (ids: readonly number[]) => readonly Exchange[];
  readonly attachment: (exchange: Exchange) => Attachment;
  /** How to send its request again. */
  readonly commands: (exchange: Exchange) => string;
  readonly attachmentOfCommands: (exchange: Exchange) => Attachment;
}

/** A requirement as a test of Allure, its cases, which hold no secret any more, as the steps. A violated SHOULD passes, so that nothing looks failed; its name tells. */
export function testResult(judged: JudgedRequirement, cases: readonly Case[], conformance: Conformance, evidence: Evidence): TestResult {
  const { id, level, title, statement, source, result, waiver, reason, observation, durationMs } = judged;
  const start = Date.parse(cases[0]?.startedAt ?? conformance.startedAt);
  const isWarning = result === 'violated' && level !== 'MUST' && !waiver;
  const message = waiver ? `waived: ${waiverText(waiver)}` : result === 'violated' ? cardOf(judged) : (reason ?? observation);
  const test: TestResult = {
    uuid: randomUUID(),
    name: `${isWarning ? 'WARNING ' : ''}${id} ${title}`,
    // History hangs on it: it is never renamed.
    fullName: `${kitName}#${id}`,
    status: statusOf(judged),
    statusDetails: message === undefined ? {} : { message },
    stage: Stage.FINISHED,
    description: [`**Requirement** (${level}): ${statement}`, `**Source**: ${source}`, `**Look at**: ${requirement(id).cause}`].join('\n\n'),
    steps: cases.map((each) => step(each, judged, evidence)),
    attachments: [],
    parameters: [],
    labels: labelsOf(judged, categoryOf(judged, conformance)),
    // The report makes a link of an absolute URL alone, so that the name says where to look.
    links: [{ name: `${outputs.statement}#${id}`, url: `../${outputs.statement}#${id}`, type: 'requirement' }],
    start,
    stop: start + durationMs,
  };
  test.testCaseId = getTestResultTestCaseId(test) ?? '';
  test.historyId = getTestResultHistoryId(test);
  return test;
}

function statusOf({ result, level, waiver }: Pick<JudgedRequirement, 'result' | 'level' | 'waiver'>): Status {
  if (waiver) return Status.SKIPPED;
  if (result === 'violated') return level === 'MUST' ? Status.FAILED : Status.PASSED;
  if (result === 'blocked') return level === 'MUST' ? Status.BROKEN : Status.SKIPPED;
  return result === 'skipped' ? Status.SKIPPED : Status.PASSED;
}

function labelsOf({ id, level, operation }: JudgedRequirement, category: string | undefined): Label[] {
  const label = (name: string, value: string): Label => ({ name, value });
  return [
    label('epic', `OAuth contract ${contractVersion}`),
    label('feature', operation === 'all' ? 'across operations' : operation),
    label('story', requirement(id).subject),
    label('severity', { MUST: 'critical', SHOULD: 'minor', INFO: 'trivial' }[level]),
    label('requirement', id),
    label('level', level),
    label('tag', level),
    ...(category === undefined ? [] : [label(categoryLabel, category)]),
  ];
}

function step({ name, result, reason, exchanges, startedAt, durationMs }: Case, { level, waiver, findings }: JudgedRequirement, evidence: Evidence): StepResult {
  const finding = findings.find((each) => each.case === name);
  const message = finding ? `expected: ${finding.expected}\nactual: ${finding.actual}` : reason;
  // Those that show the violation; else the last one, for which those before were made.
  const shown = evidence.exchanges(exchanges.slice(...(finding ? [0, 2] : [-1])));
  const [first] = shown;
  const start = Date.parse(startedAt);
  return {
    name,
    status: statusOf({ result, level, ...(result === 'violated' && waiver && { waiver }) }),
    statusDetails: message === undefined ? {} : { message },
    stage: Stage.FINISHED,
    steps: [],
    attachments: [...shown.map(evidence.attachment), ...(finding && first ? [evidence.attachmentOfCommands(first)] : [])],
    // Commands that somebody is to run are attached, where they can be read and copied whole; a file for each other case would
    // make the report a third slower.
    parameters: first ? [...parametersOf(first), ...(finding ? [] : [{ name: 'reproduce', value: evidence.commands(first) }])] : [],
    start,
    stop: start + durationMs,
  };
}

/** How the request that a case is about was sent. */
function parametersOf(exchange: Exchange): Parameter[] {
  const type = mediaType(exchange.request);
  const shape = shapeOf(exchange.request);
  return [
    ...(type === undefined ? [] : [{ name: 'media type', value: type }]),
    ...(shape === undefined ? [] : [{ name: 'body shape', value: shape }]),
  ];
}

function shapeOf(request: Exchange['request']): string | undefined {
  try {
    return member(JSON.parse(bytes(request).toString()), 'data') === undefined ? 'flat' : 'nested';
  } catch {
    return undefined;
  }
}
