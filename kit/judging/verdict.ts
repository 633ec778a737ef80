import type { Level, Requirement } from '../../contracts/requirements/index.ts';
import type { ToldFinding } from './card.ts';
import type { Cause, Outcome, Result } from './outcome.ts';
import type { Waiver } from '../settings/waivers.ts';

export type Verdict = 'conformant' | 'non-conformant' | 'inconclusive';

/** A requirement of the register and how it ended in a run. */
export interface JudgedRequirement extends Pick<Requirement, 'id' | 'level' | 'operation' | 'title' | 'statement' | 'source'> {
  readonly result: Result;
  readonly durationMs: number;
  readonly findings: readonly ToldFinding[];
  /** Why its violation is accepted, and until when. */
  readonly waiver?: Omit<Waiver, 'requirement'>;
  readonly observation?: string;
  readonly reason?: string;
}

/** How many requirements ended how. `violated` counts MUST, `warnings` counts SHOULD, `waived` those of both that are accepted. */
export interface Counts {
  readonly passed: number;
  readonly violated: number;
  readonly warnings: number;
  readonly waived: number;
  readonly observed: number;
  readonly skipped: number;
  readonly blocked: number;
}

export interface Conclusion {
  readonly verdict: Verdict;
  /** Every MUST was judged, and nothing was left out by a filter. */
  readonly complete: boolean;
  readonly counts: Counts;
  readonly requirements: readonly JudgedRequirement[];
}

/** What a run knows at its end. */
export interface Evidence {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** The requirements that were asked for; undefined where the checks never got so far as to say. */
  readonly selected: readonly string[] | undefined;
  readonly cause?: Cause | undefined;
  readonly strict: boolean;
  /** The violations that are accepted, by the requirement. */
  readonly waivers?: ReadonlyMap<string, Waiver> | undefined;
}

/**
 * Decides on a run: non-conformant where any MUST is violated, else inconclusive where any MUST is blocked or nothing
 * was judged, else conformant. A violation that is waived is none. Strict treats SHOULD as MUST, except in the counts. A requirement that was asked for and
 * has no outcome is blocked.
 */
export function conclude(register: readonly Requirement[], evidence: Evidence): Conclusion {
  const requirements = register.map((requirement) => held(judged(requirement, evidence), evidence));
  const having = (result: Result, ...levels: Level[]) =>
    requirements.filter((each) => each.result === result && !each.waiver && levels.includes(each.level)).length;
  const waived = requirements.filter(({ waiver }) => waiver).length;
  const all: Level[] = ['MUST', 'SHOULD', 'INFO'];
  const binding: Level[] = evidence.strict ? ['MUST', 'SHOULD'] : ['MUST'];
  const counts = {
    passed: having('passed', ...all),
    violated: having('violated', 'MUST'),
    warnings: having('violated', 'SHOULD'),
    waived,
    observed: having('observed', ...all),
    skipped: having('skipped', ...all),
    blocked: having('blocked', ...all),
  };
  const nothingJudged = having('passed', ...all) + having('violated', ...all) + waived === 0;
  const verdict =
    having('violated', ...binding) > 0 ? 'non-conformant'
    : having('blocked', ...binding) > 0 || nothingJudged ? 'inconclusive'
    : 'conformant';
  const filtered = evidence.selected !== undefined && evidence.selected.length < register.length;
  return { verdict, complete: having('skipped', 'MUST') + having('blocked', 'MUST') === 0 && !filtered, counts, requirements };
}

function judged({ id, level, operation, title, statement, source }: Requirement, evidence: Evidence): JudgedRequirement {
  const waiver = termsOf(evidence.waivers?.get(id));
  const { requirement: _id, cases: _cases, findings, ...outcome } = evidence.outcomes.get(id) ?? unjudged(id, evidence);
  return {
    id,
    level,
    operation,
    title,
    statement,
    source,
    ...outcome,
    ...(outcome.result === 'violated' && waiver && { waiver }),
    findings: findings.map(({ exchanges: _exchanges, ...finding }) => finding),
  };
}

/**
 * A case may be left to the requirement that takes the blame for what blocked it. Where that has passed, by cases of its own,
 * nobody has judged what was seen: then the requirement is blocked by it.
 */
function held(requirement: JudgedRequirement, { outcomes }: Evidence): JudgedRequirement {
  if (requirement.result !== 'passed') return requirement;
  const open = (outcomes.get(requirement.id)?.cases ?? []).filter(({ by }) => by !== undefined && outcomes.get(by)?.result === 'passed');
  if (open.length === 0) return requirement;
  const reason = open.map(({ name, reason: why, by }) => `${name}: ${why}, and elsewhere ${by} holds`).join('; ');
  return { ...requirement, result: 'blocked', reason };
}

function termsOf(waiver: Waiver | undefined): JudgedRequirement['waiver'] {
  if (!waiver) return undefined;
  const { requirement: _requirement, ...terms } = waiver;
  return terms;
}

function unjudged(requirement: string, { selected, cause }: Evidence): Outcome {
  const none = { requirement, findings: [], durationMs: 0 };
  if (selected && !selected.includes(requirement)) {
    return { ...none, result: 'skipped', reason: 'left out by the filter' };
  }
  return { ...none, result: 'blocked', reason: cause?.message ?? 'the check did not run to its end' };
}

/** The verdict in one line, for people. */
export function verdictLine({ verdict, complete, counts, requirements }: Conclusion, cause?: Cause): string {
  if (verdict === 'non-conformant') {
    return `non-conformant: ${counts.violated} MUST violated, ${counts.warnings} SHOULD violated`;
  }
  if (verdict === 'inconclusive') {
    const why = cause?.message ?? (counts.blocked > 0 ? `${counts.blocked} ${counts.blocked === 1 ? 'requirement' : 'requirements'} could not be judged` : 'nothing was judged');
    return `inconclusive: ${why}`;
  }
  const waived = counts.waived > 0 ? `, but for ${counts.waived} waived` : '';
  if (complete) return `conformant${waived} (${counts.passed} passed, ${counts.warnings} warnings)`;
  const skipped = requirements.filter(({ level, result }) => level === 'MUST' && result === 'skipped');
  // A reason may be several, of which others have some.
  const reasons = [...new Set(skipped.flatMap(({ reason = 'no reason given' }) => reason.split('; ')))].join('; ');
  return `conformant in what was asked${waived} (${skipped.length} MUST skipped: ${reasons})`;
}
