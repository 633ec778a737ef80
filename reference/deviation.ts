import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BindingId } from '../contracts/requirements/index.ts';
import type { App } from './app.ts';
import type { Behaviour } from './behaviour.ts';
import type { RegisteredClient } from './directory.ts';

/** A small way in which a server differs from the reference, by the steps, by a wrapper, or by what it knows. */
export interface Deviation {
  /** Lower-case words joined by hyphens: the path segment that selects it, and its name in the proof. */
  readonly name: string;
  /** What the server does, in one sentence in the present tense. */
  readonly summary: string;
  /** Steps in place of the conforming ones. Called once a server, so that what it closes over is that server's own. */
  readonly steps?: () => Partial<Behaviour>;
  /** Sees each request before the app and each response after it. Called once a server. */
  readonly wrap?: (app: App) => App;
  /** Acts on Node's own request and response before the app does, for what a `Response` cannot express. */
  readonly socket?: (request: IncomingMessage, response: ServerResponse) => void;
  readonly clients?: (clients: readonly [RegisteredClient, RegisteredClient]) => readonly RegisteredClient[];
  readonly tokenLifetimeS?: number;
}

/** A deviation that violates a requirement: the one it is listed under, and those that cannot but fall with it. */
export interface Fault extends Deviation {
  readonly also?: readonly BindingId[];
}

/** A deviation that keeps the contract. */
export interface Variant extends Deviation {
  /** Recommendations that it cannot but leave: legal, and rightly warned of. */
  readonly warnings?: readonly BindingId[];
}

/** At least one fault for each requirement that can be violated on loopback; X-109 speaks of other hosts. */
export type Faults = Readonly<Record<Exclude<BindingId, 'X-109'>, readonly [Fault, ...Fault[]]>>;
