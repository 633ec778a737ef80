import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const schema = new URL('../../contracts/conformance.schema.json', import.meta.url);
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')) as object);

/** Asserts that a value is what `conformance.json` may hold. */
export function assertConformance(value: unknown): void {
  assert.ok(validate(value), ajv.errorsText(validate.errors));
}
