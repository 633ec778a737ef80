import { printable } from './printable.ts';

/**
 * Writes lines to a stream of this process. Everything that is printed goes through here, so that no text of a target, of a file or of an
 * error acts on a terminal or a CI runner.
 */
export function print(text: string, stream: NodeJS.WritableStream = process.stdout): void {
  stream.write(printable(text));
}

/** Writes what is meant to act: colours, the kit's own annotations, and data for other programs. Its texts are made printable before. */
export function printRaw(text: string, stream: NodeJS.WritableStream = process.stdout): void {
  stream.write(text);
}
