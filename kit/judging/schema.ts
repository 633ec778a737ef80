import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { abbreviated } from '../secrets/shown.ts';
import type { Redacted } from '../secrets/redaction.ts';
import { schemaFiles, schemas, type SchemaName } from '../../contracts/schemas/index.ts';

/** One way in which a document does not satisfy its schema. */
export interface SchemaViolation {
  /** JSON pointer to the place (RFC 6901); empty for the whole document. */
  readonly pointer: string;
  /** What holds there in the contract. */
  readonly rule: string;
  /** The beginning of what stands there, as JSON. */
  readonly value: Redacted;
}

const longestValue = 80;
const ajv = new Ajv2020({ allErrors: true, verbose: true, schemas: [...schemaFiles] });

/** All violations of a schema by a document, in the order of the places. */
export function violationsOf(name: SchemaName, document: unknown): SchemaViolation[] {
  // Compiled once: the validator remembers it.
  const validate = ajv.compile(schemas[name]);
  validate(document);
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .map((error) => ({ pointer: error.instancePath, rule: ruleOf(error), value: abbreviated(JSON.stringify(error.data), longestValue) }));
}

function ruleOf({ message, params }: ErrorObject): string {
  const { allowedValues } = params as { allowedValues?: unknown };
  return `${message}${allowedValues === undefined ? '' : `: ${JSON.stringify(allowedValues)}`}`;
}
