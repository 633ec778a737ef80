/** What makes up a version of the contract, each as a SHA-256 in hexadecimal. */
export interface Released {
  /** Over the register and the schemas: see `contractDigest`. */
  readonly contract: string;
  /** Of `docs/rulings.md`. */
  readonly rulings: string;
}

/**
 * What keeps a contract from being released under a version: its register, schemas or rulings are not what was released as that
 * version. Undefined where nothing does.
 *
 * @param released the versions that were released
 */
export function obstacleTo(version: string, current: Released, released: Readonly<Record<string, Released>>): string | undefined {
  const before = released[version];
  if (!before) return undefined;
  const changed = [
    ...(before.contract === current.contract ? [] : ['the register or a schema']),
    ...(before.rulings === current.rulings ? [] : ['docs/rulings.md']),
  ];
  if (changed.length === 0) return undefined;
  return `${changed.join(' and ')} changed since version ${version} of the contract was released: contracts/version.ts takes another version, a major one for a new MUST`;
}
