import { readFile } from 'node:fs/promises';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

/** What a YAML file holds, or in half a sentence what is wrong with it. */
export type Read<T> = { readonly value: T } | { readonly problem: string };

/** Reads a YAML file of a list that is to satisfy a schema. */
export async function readYaml<T>(file: string, validate: ValidateFunction<T>): Promise<Read<T>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return { problem: `names a file that cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
  let value: unknown;
  try {
    // One that is empty, or all comments, is a list of nothing.
    value = parse(text) ?? [];
  } catch (error) {
    return { problem: `is not YAML (${error instanceof Error ? error.message.split('\n')[0] : 'unknown'})` };
  }
  if (validate(value)) return { value };
  const [first] = validate.errors ?? [];
  return { problem: `is malformed (at "${first?.instancePath}" it ${first?.message})` };
}
