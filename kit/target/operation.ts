import type { Operation } from '../../contracts/requirements/index.ts';
import type { Exchange } from './exchange.ts';

export const operations: readonly Operation[] = ['createToken', 'fetchTokenGroups', 'fetchTokenOrganization'];

/** The operation that a request was for, by its path; undefined where a link has led elsewhere, of which no contract speaks. */
export function operationOf({ request }: Pick<Exchange, 'request'>): Operation | undefined {
  return operationAt(request.path);
}

/** The same by the path, whose query makes no difference. */
export function operationAt(pathAndQuery: string): Operation | undefined {
  const path = pathAndQuery.split('?')[0] ?? '';
  if (!/^oauth\/token(?:\/|$)/.test(path)) return undefined;
  if (path.endsWith('/groups')) return 'fetchTokenGroups';
  return path.endsWith('/organization') ? 'fetchTokenOrganization' : 'createToken';
}
