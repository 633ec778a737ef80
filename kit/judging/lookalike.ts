/** A value of the same length and kind of characters that nobody was given: letters and digits each move by one. */
export function lookalike(value: string): string {
  return value.replace(/[a-z0-9]/gi, (character) =>
    character === 'z' ? 'a' : character === 'Z' ? 'A' : character === '9' ? '0' : String.fromCharCode(character.charCodeAt(0) + 1),
  );
}

/** The same letters in the other case. */
export function otherCase(value: string): string {
  return value.replace(/[a-z]/gi, (letter) => (/[a-z]/.test(letter) ? letter.toUpperCase() : letter.toLowerCase()));
}

export function withoutLast(value: string): string {
  return value.slice(0, -1);
}

export function firstHalf(value: string): string {
  return value.slice(0, Math.ceil(value.length / 2));
}

/** Every way in which a value is made from a secret that does not hold the secret itself. */
export const nearMisses: readonly ((value: string) => string)[] = [lookalike, otherCase, withoutLast, firstHalf];
