/** A value of the same length and kind of characters that nobody was given: letters and digits each move by one. */
export function lookalike(value: string): string {
  return value.replace(/[a-z0-9]/gi, (character) =>
    character === 'z' ? 'a' : character === 'Z' ? 'A' : character === '9' ? '0' : String.fromCharCode(character.charCodeAt(0) + 1),
  );
}
