/** How long a value is that looks like a credential, in characters. */
const lengths = { shortest: 20, longest: 64 * 1024 };
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const isoDate = /^\d{4}-\d{2}-\d{2}T[\d:.+Z-]*$/;

/** What of a text may be a credential: the longest runs of the characters that they are made of (RFC 6750, section 2.1). */
export const credentialRuns = /[A-Za-z0-9._~+/=-]{20,}/g;

/**
 * Whether a value looks as if a machine had drawn it by lot, like an opaque token, a key or a JWT: long, without spaces, and of
 * many different characters in no order of words. A name, a path, a UUID, a number and a date do not.
 */
export function looksLikeCredential(value: string): boolean {
  if (value.length < lengths.shortest || value.length > lengths.longest || !/^[A-Za-z0-9._~+/=-]+$/.test(value)) return false;
  if (uuid.test(value) || isoDate.test(value)) return false;
  return value.split(/[./]/).some(isDrawnByLot);
}

/** A part between dots or slashes, which separate the parts of a JWT as well as words. */
function isDrawnByLot(part: string): boolean {
  if (part.length < 16 || new Set(part).size < 8) return false;
  const kinds = Array.from(part.replace(/[^A-Za-z0-9]/g, ''), kindOf);
  // Words and numbers have few changes between letters and digits, and between upper and lower case: a capital is of the word behind it.
  const changes = kinds.filter((kind, i) => i > 0 && kind !== kinds[i - 1] && !(kind === 'a' && kinds[i - 1] === 'A')).length;
  return changes >= part.length / 5;
}

/** Lower case, upper case, or digit. */
function kindOf(character: string): string {
  if (character >= 'a') return 'a';
  return character >= 'A' ? 'A' : '0';
}
