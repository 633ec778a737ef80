import { loadChecks } from '../kit/runner/checks.ts';
import { runChecksInProcess } from '../kit/runner/inProcess.ts';
import { preflight } from '../kit/target/preflight.ts';
import { conformanceOf, type Conformance } from '../kit/reports/conformance.ts';
import { Run } from '../kit/target/run.ts';
import { readSettings, type Environment } from '../kit/settings/settings.ts';
import type { Deviation } from '../reference/deviation.ts';
import { faults } from '../reference/faults/index.ts';
import type { Reference } from '../reference/server.ts';
import { variants } from '../reference/variants/index.ts';

/** A server that is judged to prove the kit: with a fault, or a conforming one that is different. */
export interface Subject {
  readonly kind: 'fault' | 'variant';
  readonly deviation: Deviation;
  /** The requirements that it violates; for a variant, recommendations at most. */
  readonly violates: readonly string[];
}

/** What judging a subject showed of the kit. */
export interface Proof {
  readonly kind: Subject['kind'];
  readonly name: string;
  readonly violates: readonly string[];
  /** Declared requirements that were not found violated. */
  readonly missed: readonly string[];
  /** Requirements that were found violated without being declared, with what was said of them. */
  readonly accused: readonly string[];
  /** Requirements that could not be judged for it. */
  readonly blocked: readonly string[];
  readonly verdict: Conformance['verdict'];
  readonly durationMs: number;
}

/** All variants and all faults. */
export function subjects(): readonly Subject[] {
  return [
    ...variants.map((variant) => ({ kind: 'variant' as const, deviation: variant, violates: variant.warnings ?? [] })),
    ...Object.entries(faults).flatMap(([id, list]) =>
      list.map((fault) => ({ kind: 'fault' as const, deviation: fault, violates: [id, ...(fault.also ?? [])] })),
    ),
  ];
}

/**
 * Judges a subject with the same checks and the same verdict as any target. The checks run in this process, without a
 * runner and its gateway, which cost more than the judging; the requests go over real sockets.
 */
export async function prove(subject: Subject, reference: Reference, env: Environment): Promise<Proof> {
  const { kind, deviation, violates } = subject;
  const [client, other] = reference.clients;
  const run = new Run(
    readSettings({
      ...env,
      OAUTH_BASE_URL: `${reference.baseUrl}/${kind}/${deviation.name}`,
      OAUTH_CLIENT_ID: client.id,
      OAUTH_CLIENT_SECRET: client.secret,
      OAUTH_OTHER_CLIENT_ID: other.id,
      OAUTH_OTHER_CLIENT_SECRET: other.secret,
      // A token that lives for longer is not waited for: only the deviations that need it shorten it.
      OAUTH_EXPIRY_WAIT_S: '5',
    }),
  );
  await preflight(run);
  await runChecksInProcess(run, await loadChecks());
  run.close();
  const { requirements, verdict, durationMs } = conformanceOf(run, true);
  const violated = requirements.filter(({ result }) => result === 'violated');
  return {
    kind,
    name: deviation.name,
    violates,
    missed: violates.filter((id) => !violated.some((each) => each.id === id)),
    accused: violated
      .filter(({ id }) => !violates.includes(id))
      .map(({ id, findings }) => `${id}: ${findings[0]?.case}: expected ${findings[0]?.expected}; got ${findings[0]?.actual}`),
    blocked: requirements
      .filter(({ result }) => result === 'blocked')
      .map(({ id, reason }) => `${id}: ${reason}`),
    verdict,
    durationMs,
  };
}

/**
 * Whether the subject shows the kit to be right: all that is declared is found, nothing else is accused, and all of a
 * variant can be judged.
 */
export function holds({ kind, missed, accused, blocked }: Proof): boolean {
  return missed.length === 0 && accused.length === 0 && (kind === 'fault' || blocked.length === 0);
}
