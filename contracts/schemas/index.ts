import { readFileSync } from 'node:fs';

/** The bodies that the contract describes. */
export type SchemaName =
  | 'CreateTokenResponse'
  | 'FetchGroupsResponse'
  | 'FetchOrganizationResponse'
  | 'ErrorDocument'
  | 'AnyErrorDocument';

/** A JSON Schema 2020-12 document. */
export interface JsonSchema {
  readonly $id: string;
  readonly [keyword: string]: unknown;
}

// Read rather than imported: the loaders that run this project disagree about importing JSON.
function load(name: SchemaName | 'resources'): JsonSchema {
  return JSON.parse(readFileSync(new URL(`./${name}.schema.json`, import.meta.url), 'utf8')) as JsonSchema;
}

/** The schema of each body. */
export const schemas: Readonly<Record<SchemaName, JsonSchema>> = {
  CreateTokenResponse: load('CreateTokenResponse'),
  FetchGroupsResponse: load('FetchGroupsResponse'),
  FetchOrganizationResponse: load('FetchOrganizationResponse'),
  ErrorDocument: load('ErrorDocument'),
  AnyErrorDocument: load('AnyErrorDocument'),
};

/** Every schema file, those that only others refer to included: what a validator has to be given. */
export const schemaFiles: readonly JsonSchema[] = [load('resources'), ...Object.values(schemas)];
