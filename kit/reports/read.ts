import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { SettingsError } from '../settings.ts';
import type { Conformance } from './conformance.ts';

const schemaFile = new URL('../../contracts/conformance.schema.json', import.meta.url);

/**
 * Reads the `conformance.json` of a run.
 *
 * @throws {SettingsError} where there is none, or where the file is another
 */
export async function readConformance(file: string): Promise<Conformance> {
  const takes = 'it takes the conformance.json of a run';
  const text = await readFile(file, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new SettingsError([`${file} cannot be read (${code}): ${takes}`]);
  });
  const ajv = new Ajv2020({ allowUnionTypes: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  const validate = ajv.compile<Conformance>(JSON.parse(await readFile(schemaFile, 'utf8')) as object);
  const value = parse(text);
  if (validate(value)) return value;
  const [first] = validate.errors ?? [];
  const place = value === undefined ? 'it is no JSON' : `at "${first?.instancePath}" it ${first?.message}`;
  throw new SettingsError([`${file} is not the result of a run (${place}): ${takes}`]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
