import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** What tells whether a value satisfies the JSON Schema of a file, formats included. */
export function validatorOf<T>(schemaFile: URL): ValidateFunction<T> {
  const ajv = new Ajv2020({ allowUnionTypes: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv.compile<T>(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);
}
