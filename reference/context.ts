import type { State } from './state.ts';

/** The three operations of the contract. */
export type OperationName = 'createToken' | 'fetchTokenGroups' | 'fetchTokenOrganization';

/** What every step of an answer can see, besides what the steps before it found out. */
export interface Context {
  readonly request: Request;
  /** Absent where the path belongs to no operation. */
  readonly operation?: OperationName;
  readonly state: State;
  /** What precedes `/oauth/token` in the paths of this app; links start with it. Without a trailing slash. */
  readonly basePath: string;
}
