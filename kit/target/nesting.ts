/** JSON that is nested deeper is not read: no document of a contract is, and whoever walks through it runs out of stack. */
export const deepestNesting = 1000;

/** Whether a body that looks like JSON is nested deeper than that. Takes the bytes as they are, well-formed or not. */
export function isNestedTooDeep(body: Buffer): boolean {
  if (body.length <= deepestNesting || !/^\s*[[{]/.test(body.toString('latin1', 0, deepestNesting))) return false;
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (quoted && byte === backslash) i++;
    else if (byte === quote) quoted = !quoted;
    else if (!quoted && (byte === opening.array || byte === opening.object)) depth++;
    else if (!quoted && (byte === closing.array || byte === closing.object)) depth--;
    if (depth > deepestNesting) return true;
  }
  return false;
}

const quote = '"'.charCodeAt(0);
const backslash = '\\'.charCodeAt(0);
const opening = { array: '['.charCodeAt(0), object: '{'.charCodeAt(0) };
const closing = { array: ']'.charCodeAt(0), object: '}'.charCodeAt(0) };
