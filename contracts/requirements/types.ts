/** MUST: a violation makes the target non-conformant. SHOULD: a violation is a warning. INFO: an observation. */
export type Level = 'MUST' | 'SHOULD' | 'INFO';

/** The three operations of the contract, by the names that the provider gives them. */
export type Operation = 'createToken' | 'fetchTokenGroups' | 'fetchTokenOrganization';

/** What a requirement speaks of: one operation, or every exchange of the run. */
export type RequirementOperation = Operation | 'all';

/** The headings under which an operation's requirements are listed. */
export type Subject =
  | 'success'
  | 'include'
  | 'content type'
  | 'body shape'
  | 'validation'
  | 'credentials'
  | 'refresh'
  | 'bearer token'
  | 'isolation'
  | 'methods'
  | 'refusals'
  | 'every exchange';

/** One row of the register, as it is written down. */
export interface Row<Id extends string = string> {
  /** Never changes its meaning, never used again for another. */
  id: Id;
  level: Level;
  /** A short fact in the present tense. */
  title: string;
  /** What exactly is promised, for a reader who knows nothing else of the contract. */
  statement: string;
  /** Where the promise comes from. */
  source: string;
  /** Set where nothing of the requirement can be judged without a second client, of another organization. */
  secondClient?: true;
  /** What most likely causes a violation, and where an implementer would look. */
  cause: string;
}

/** A row together with the operation and the subject that it was listed under. */
export interface Entry<Id extends string = string> extends Row<Id> {
  operation: RequirementOperation;
  subject: Subject;
}

/** The rows of one operation under their subjects. */
type Rows = { readonly [S in Subject]?: readonly Row[] };
type RowOf<Table extends Rows> = NonNullable<Table[keyof Table & Subject]>[number];

/** The rows of one operation, listed by subject, as entries in the order in which they are written. */
export function register<const Table extends Rows>(
  operation: RequirementOperation,
  rowsBySubject: Table,
): readonly (RowOf<Table> & Entry)[] {
  const subjects = Object.keys(rowsBySubject) as (keyof Table & Subject)[];
  return subjects.flatMap((subject) =>
    (rowsBySubject[subject] ?? []).map((row) => ({ operation, subject, ...(row as RowOf<Table>) })),
  );
}
