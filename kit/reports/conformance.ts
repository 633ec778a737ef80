import { requirements, type Operation } from '../../contracts/requirements/index.ts';
import { contractDigest, contractVersion } from '../../contracts/version.ts';
import { reproducer, type Reproduce } from '../judging/curl.ts';
import { inLine, printable } from '../printable.ts';
import type { Exchange } from '../target/exchange.ts';
import { budgetsOf, type Budget } from '../comparison/latency.ts';
import { operations } from '../target/operation.ts';
import type { Cause, Outcome } from '../judging/outcome.ts';
import type { Profile } from '../settings/profiles.ts';
import type { Run } from '../target/run.ts';
import { shapesOf, type Shape } from '../comparison/shape.ts';
import type { ToldFinding } from '../judging/card.ts';
import { conclude, type Conclusion, type JudgedRequirement } from '../judging/verdict.ts';
import { kitName, kitVersion } from '../version.ts';
import type { Waiver } from '../settings/waivers.ts';

declare const shown: unique symbol;
/**
 * A text that reports take: one that may say something of a target, redacted with every secret of the run, and then made printable. What
 * makes the result of a run is the only way to it, so that no report can cut, escape or show a text before that.
 */
export type Shown = string & { readonly [shown]: true };

/** What was judged of a run, as it is before it can be shown: its texts are those of checks and targets. */
interface Judged extends Conclusion {
  readonly schemaVersion: 1;
  readonly kit: { readonly name: string; readonly version: string };
  readonly contract: { readonly version: string; readonly sha256: string };
  readonly target: { readonly baseUrl: string; readonly reference: boolean };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly strict: boolean;
  readonly profile: Profile;
  readonly filter: string | null;
  readonly cause?: Cause;
  readonly requests: { readonly total: number; readonly tokensCreated: number };
  /** What operations took, where a budget was set for them. */
  readonly budgets?: readonly Budget[];
  /** The members that the answers to plain requests had, by operation. */
  readonly shapes: Readonly<Record<Operation, Shape>>;
}

/** A finding whose texts can be shown. */
export type ShownFinding = Omit<ToldFinding, 'case' | 'expected' | 'actual' | 'exchange' | 'reproduce'> & {
  readonly case: Shown;
  readonly expected: Shown;
  readonly actual: Shown;
  readonly exchange: Shown;
  readonly reproduce?: Shown;
};

/** A requirement, and how it ended, in texts that can be shown. */
export type ShownRequirement = Omit<JudgedRequirement, 'findings' | 'observation' | 'reason'> & {
  readonly findings: readonly ShownFinding[];
  readonly observation?: Shown;
  readonly reason?: Shown;
};

/** The result of a run, as `conformance.json` holds it: see `contracts/conformance.schema.json`. */
export interface Conformance extends Judged {
  readonly target: { readonly baseUrl: Shown; readonly reference: boolean };
  readonly filter: Shown | null;
  readonly cause?: Cause & { readonly message: Shown };
  readonly requirements: readonly ShownRequirement[];
}

/** The result of a run that is over. Nothing in it holds a secret, and there is one whatever the target said. */
export function conformanceOf(run: Run, reference: boolean, waivers?: ReadonlyMap<string, Waiver>): Conformance {
  const { settings, selection, cause } = run;
  const reproduce = reproducer(run.exchanges, settings, run.redactor);
  const conclusion = conclude(requirements, {
    outcomes: new Map([...run.outcomes].map(([id, outcome]) => [id, reproducible(outcome, run.exchanges, reproduce)])),
    selected: selection?.requirements,
    cause,
    strict: settings.strict,
    waivers,
  });
  const judged: Judged = {
    schemaVersion: 1,
    kit: { name: kitName, version: kitVersion },
    contract: { version: contractVersion, sha256: contractDigest() },
    target: { baseUrl: settings.baseUrl, reference },
    startedAt: run.startedAt.toISOString(),
    durationMs: Date.now() - run.startedAt.getTime(),
    verdict: conclusion.verdict,
    complete: conclusion.complete,
    strict: settings.strict,
    profile: settings.profile,
    filter: selection?.filter ?? null,
    ...(cause && { cause }),
    requests: { total: run.requestsSent, tokensCreated: run.tokensCreated },
    ...(Object.keys(settings.latencyBudgets).length > 0 && { budgets: budgetsOf(settings.latencyBudgets, run.judgeable) }),
    shapes: orElse(() => shapesOf(run.judgeable), noShapes),
    counts: conclusion.counts,
    requirements: conclusion.requirements,
  };
  return redacted(judged, run);
}

const noShapes: Conformance['shapes'] = { createToken: {}, fetchTokenGroups: {}, fetchTokenOrganization: {} };

/** What only describes a verdict must not keep it from being told, should a target find the text that the kit fails at. */
function orElse<T, U>(make: () => T, otherwise: U): T | U {
  try {
    return make();
  } catch {
    return otherwise;
  }
}

/** An outcome whose findings say how to send their first request again. */
function reproducible(outcome: Outcome, exchanges: readonly Exchange[], reproduce: Reproduce): Outcome {
  const findings = outcome.findings.map((finding) => {
    const exchange = exchanges.find(({ id }) => id === finding.exchanges[0]);
    const command = exchange && orElse(() => reproduce(exchange), undefined);
    return command === undefined ? finding : { ...finding, reproduce: command };
  });
  return { ...outcome, findings };
}

/**
 * The checks redact what they say; this is the second net, with every secret of the whole run. What a target says is then made printable,
 * in its line: in no report can it forge a verdict, hide what it says, or act on a CI runner.
 */
function redacted(whole: Judged, { redactor }: Run): Conformance {
  const text = (value: string) => orElse(() => inLine(redactor.redact(value)), '(a text that the kit failed to show)') as Shown;
  const command = (value: string) => orElse(() => printable(value), 'cannot be shown') as Shown;
  const { target, cause, filter, shapes, requirements: judged, ...rest } = whole;
  const named = (shape: Shape) => Object.fromEntries(Object.entries(shape).map(([pointer, types]) => [text(pointer), types]));
  return {
    ...rest,
    target: { ...target, baseUrl: text(target.baseUrl) },
    filter: filter === null ? null : text(filter),
    ...(cause && { cause: { ...cause, message: text(cause.message) } }),
    shapes: Object.fromEntries(operations.map((operation) => [operation, named(shapes[operation])])) as Conformance['shapes'],
    requirements: judged.map(({ findings, waiver, observation, reason, ...requirement }) => ({
      ...requirement,
      ...(waiver && { waiver: { ...waiver, reason: text(waiver.reason), owner: text(waiver.owner), ticket: text(waiver.ticket) } }),
      findings: findings.map(({ reproduce, ...finding }) => ({
        ...finding,
        case: text(finding.case),
        expected: text(finding.expected),
        actual: text(finding.actual),
        exchange: text(finding.exchange),
        // Redacted where it was made, by who knows which of its texts are a shell's.
        ...(reproduce !== undefined && { reproduce: command(reproduce) }),
      })),
      ...(observation !== undefined && { observation: text(observation) }),
      ...(reason !== undefined && { reason: text(reason) }),
    })),
  };
}
