/**
 * A value of the same length and kind of characters that nobody was given: letters and digits each move by one. One that has
 * neither, of those of ASCII, is longer by a letter.
 */
export function lookalike(value: string): string {
  const moved = value.replace(/[a-z0-9]/gi, (character) =>
    character === 'z' ? 'a' : character === 'Z' ? 'A' : character === '9' ? '0' : String.fromCharCode(character.charCodeAt(0) + 1),
  );
  return moved === value && value !== '' ? `${value}x` : moved;
}

/** The same letters in the other case. */
export function otherCase(value: string): string {
  return value.replace(/[a-z]/gi, (letter) => (/[a-z]/.test(letter) ? letter.toUpperCase() : letter.toLowerCase()));
}

export function withoutLast(value: string): string {
  return Array.from(value).slice(0, -1).join('');
}

export function withoutFirst(value: string): string {
  return Array.from(value).slice(1).join('');
}

export function firstHalf(value: string): string {
  const characters = Array.from(value);
  return characters.slice(0, Math.ceil(characters.length / 2)).join('');
}

/**
 * Every way in which a value is made from a secret that does not hold the secret itself, by its name. A card says each as a
 * command: see `filters` in `curl.ts`.
 */
export const nearMisses = { lookalike, otherCase, withoutFirst, withoutLast, firstHalf } as const satisfies Record<string, (value: string) => string>;
