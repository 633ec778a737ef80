import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { schemaFiles, schemas, type SchemaName } from '../contracts/schemas/index.ts';

/** One way in which a document does not satisfy its schema. */
export interface SchemaViolation {
  /** JSON pointer to the place (RFC 6901); empty for the whole document. */
  readonly pointer: string;
  /** What holds there in the contract. */
  readonly rule: string;
  /** What stands there, as JSON. */
  readonly value: string;
}

const longestValue = 80;
const validators = new Map<SchemaName, ValidateFunction>();

/** All violations of a schema by a document, in the order of the places. */
export function violationsOf(name: SchemaName, document: unknown): SchemaViolation[] {
  const validate = validators.get(name) ?? compile(name);
  if (validate(document)) return [];
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .map((error) => ({ pointer: error.instancePath, rule: ruleOf(error), value: abbreviate(error.data) }));
}

function compile(name: SchemaName): ValidateFunction {
  const ajv = new Ajv2020({ allErrors: true, strict: true, verbose: true, schemas: [...schemaFiles] });
  const validate = ajv.getSchema(schemas[name].$id);
  if (!validate) throw new Error(`there is no schema ${name}`);
  validators.set(name, validate);
  return validate;
}

function ruleOf({ message, params }: ErrorObject): string {
  const { allowedValues } = params as { allowedValues?: unknown };
  return `${message ?? 'is not valid'}${allowedValues === undefined ? '' : `: ${JSON.stringify(allowedValues)}`}`;
}

function abbreviate(value: unknown): string {
  const json = JSON.stringify(value) ?? 'undefined';
  return json.length > longestValue ? `${json.slice(0, longestValue)}…` : json;
}
