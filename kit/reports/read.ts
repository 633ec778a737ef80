import { readFile } from 'node:fs/promises';
import { inLine, printable, withTexts } from '../printable.ts';
import { SettingsError } from '../settings/settings.ts';
import { validatorOf } from '../validator.ts';
import type { Conformance } from './conformance.ts';

const takes = 'it takes the conformance.json of a run';
const schemaFile = new URL('../../contracts/conformance.schema.json', import.meta.url);

/**
 * Reads the `conformance.json` of a run.
 *
 * @throws {SettingsError} where there is none, or where the file is another
 */
export async function readConformance(file: string): Promise<Conformance> {
  const text = await readFile(file, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new SettingsError([`${file} cannot be read (${code}): ${takes}`]);
  });
  return conformanceFrom(text, file);
}

/**
 * The result of a run in a text. Whoever wrote it: nothing in it acts where it is shown, and the texts of one that the kit wrote stay as
 * they are.
 *
 * @param name what it is told by where it is none
 * @throws {SettingsError} where it is another
 */
export function conformanceFrom(text: string, name: string): Conformance {
  const validate = validatorOf<Conformance>(schemaFile);
  const value = parse(text);
  if (validate(value)) return withTexts(value, (each, member) => (member === 'reproduce' ? printable(each) : inLine(each)));
  const [first] = validate.errors ?? [];
  const place = value === undefined ? 'it is no JSON' : `at "${first?.instancePath}" it ${first?.message}`;
  throw new SettingsError([`${name} is not the result of a run (${place}): ${takes}`]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
