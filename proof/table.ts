import { holds, type Proof, type Subject } from './prove.ts';

const titles = { fault: 'fault', requirement: 'requirement', caught: 'caught', exact: 'blamed exactly', collateral: 'collateral' };
type Cells = Readonly<Record<keyof typeof titles, string>>;

/** The proof as a table that is printed row by row, as the subjects end. Its columns are as wide as these subjects need. */
export function tableOf(subjects: readonly Subject[]) {
  const names = subjects.map(({ kind, deviation, violates }) => ({ kind, name: deviation.name, violates }));
  const width = {
    fault: longest([titles.fault, ...names.map(nameOf)]),
    requirement: longest([titles.requirement, ...names.map(requirementsOf)]),
  };
  const line = (mark: string, { fault, requirement, caught, exact, collateral }: Cells) =>
    [
      `${mark.padEnd(4)} ${fault.padEnd(width.fault)}`,
      requirement.padEnd(width.requirement),
      caught.padEnd(titles.caught.length),
      exact.padEnd(titles.exact.length),
      collateral.padStart(titles.collateral.length),
    ].join(' | ');
  return {
    header: line('', titles),
    /** One subject, and below it what makes it fail; `verbose` tells what could not be judged, too. */
    row(proof: Proof, verbose: boolean): string {
      const { kind, missed, accused, blocked } = proof;
      const cells = {
        fault: nameOf(proof),
        requirement: requirementsOf(proof),
        caught: proof.violates.length === 0 ? '-' : answer(missed.length === 0),
        exact: answer(accused.length === 0),
        collateral: String(blocked.length),
      };
      return [
        line(holds(proof) ? 'ok' : 'FAIL', cells),
        ...missed.map((id) => `       missed   ${id}`),
        ...accused.map((each) => `       accused  ${each}`),
        // A variant fails by what cannot be judged of it.
        ...(verbose || kind === 'variant' ? blocked.map((each) => `       blocked  ${each}`) : []),
      ].join('\n');
    },
  };
}

function nameOf({ kind, name }: Pick<Proof, 'kind' | 'name'>): string {
  return kind === 'variant' ? `${name} (variant)` : name;
}

function requirementsOf({ violates }: Pick<Proof, 'violates'>): string {
  return violates.join(' ') || '-';
}

function answer(yes: boolean): string {
  return yes ? 'yes' : 'NO';
}

function longest(texts: readonly string[]): number {
  return Math.max(...texts.map(({ length }) => length));
}
