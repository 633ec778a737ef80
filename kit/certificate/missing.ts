import type { Conformance } from '../reports/conformance.ts';
import { byReason, listed } from '../reports/text.ts';
import { verdictLine } from '../judging/verdict.ts';

/**
 * Why a run is not good for a certificate, a sentence each; none where it is. What the contract itself lets off is no reason: such a
 * requirement is skipped, because the target is not one that it speaks of.
 */
export function missingFor(conformance: Conformance): readonly string[] {
  const { verdict, cause, filter, profile, requirements, target } = conformance;
  const having = (result: string) => requirements.filter((each) => each.result === result);
  return [
    ...(profile === 'certification' ? [] : [`the run was of the profile ${profile}`]),
    ...(filter === null ? [] : [`only a part was asked for: ${filter}`]),
    ...(verdict === 'conformant' ? [] : [`the verdict is ${verdictLine(conformance, cause)}`]),
    ...(target.reference ? ["the target was the kit's own reference server"] : []),
    ...having('violated').filter(({ level, waiver }) => level === 'MUST' && !waiver).map(({ id, title }) => `${id} is violated: ${title}`),
    ...requirements.filter(({ waiver }) => waiver).map(({ id }) => `the violation of ${id} is waived`),
    // One cause is told once, with the verdict.
    ...(verdict === 'inconclusive' && cause ? [] : byReason(having('blocked'))).map(([reason, ids]) => `${listed(ids, ', ')} could not be judged: ${reason}`),
    ...requirements
      .filter(({ findings }) => findings.some(({ inconsistent }) => inconsistent))
      .map(({ id }) => `the target is inconsistent in ${id}: the same request was answered in two ways`),
  ];
}
