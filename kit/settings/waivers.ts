import { requirements } from '../../contracts/requirements/index.ts';
import { groupBy } from '../group.ts';
import { validatorOf } from '../validator.ts';
import type { JudgedRequirement } from '../judging/verdict.ts';
import { readYaml } from './yamlFile.ts';

/** A violation that is accepted for a time: see `contracts/waivers.schema.json`. */
export interface Waiver {
  readonly requirement: string;
  readonly reason: string;
  readonly owner: string;
  readonly ticket: string;
  /** The last day on which it counts, in UTC: `2027-01-31`. */
  readonly expires: string;
}

/** What a file of waivers holds, and what is wrong with it: a file with a problem waives nothing that the problem is about. */
export interface Waivers {
  readonly waivers: readonly Waiver[];
  readonly problems: readonly string[];
}

const schemaFile = new URL('../../contracts/waivers.schema.json', import.meta.url);

/** Reads the file of `OAUTH_WAIVERS_FILE`, in YAML; without one, nothing is waived. Never throws: the target is judged all the same. */
export async function readWaivers(file: string | undefined): Promise<Waivers> {
  if (file === undefined) return { waivers: [], problems: [] };
  const takes = 'it takes a YAML list of waivers, each with requirement, reason, owner, ticket and expires (a date)';
  const read = await readYaml<Waiver[]>(file, validatorOf<Waiver[]>(schemaFile));
  if ('problem' in read) return { waivers: [], problems: [`OAUTH_WAIVERS_FILE ${read.problem}: ${takes}`] };
  const { value } = read;
  const unknown = value.filter(({ requirement }) => !requirements.some(({ id }) => id === requirement));
  const repeated = [...groupBy(value, ({ requirement }) => requirement)].filter(([, group]) => group.length > 1);
  return {
    waivers: value,
    problems: [
      ...unknown.map(({ requirement }) => `OAUTH_WAIVERS_FILE waives "${requirement}", which is not the id of a requirement`),
      ...repeated.map(([id]) => `OAUTH_WAIVERS_FILE waives ${id} more than once: it takes one waiver for each`),
    ],
  };
}

/** The waivers that count at a time, by the requirement. */
export function inForce({ waivers }: Waivers, at: Date): ReadonlyMap<string, Waiver> {
  return new Map(waivers.filter((waiver) => !hasExpired(waiver, at)).map((waiver) => [waiver.requirement, waiver]));
}

/** What whoever keeps the file has to know: what it waives without need, which is a problem, and what counts no more. */
export function reviewOf({ waivers }: Waivers, judged: readonly JudgedRequirement[], at: Date): { readonly problems: string[]; readonly notes: string[] } {
  const passed = waivers.filter(({ requirement }) => judged.some(({ id, result }) => id === requirement && result === 'passed'));
  return {
    problems: passed.map(({ requirement }) => `OAUTH_WAIVERS_FILE waives ${requirement}, which passes: take its waiver out`),
    notes: waivers
      .filter((waiver) => hasExpired(waiver, at))
      .map(({ requirement, expires, owner, ticket }) => `the waiver of ${requirement} has expired on ${expires}, and counts no more (${owner}, ${ticket})`),
  };
}

function hasExpired({ expires }: Waiver, at: Date): boolean {
  return expires < at.toISOString().slice(0, 10);
}

/** A waiver in a sentence. */
export function waiverText({ reason, owner, ticket, expires }: Omit<Waiver, 'requirement'>): string {
  return `${reason} (${owner}, ${ticket}, until ${expires})`;
}
