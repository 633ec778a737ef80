/**
 * The kit as a library: the register of requirements, the schemas, and `judge`.
 */
export { requirement, requirements, type Level, type Operation, type Requirement, type RequirementId } from './contracts/requirements/index.ts';
export { schemaFiles, schemas, type JsonSchema, type SchemaName } from './contracts/schemas/index.ts';
export { contractDigest, contractVersion } from './contracts/version.ts';
export { judge } from './kit/judgeTarget.ts';
export type { Cause, Result } from './kit/judging/outcome.ts';
export type { Profile } from './kit/settings/profiles.ts';
export type { Conformance } from './kit/reports/conformance.ts';
export { environment, readSettings, SettingsError, type Client, type Environment, type Settings } from './kit/settings/settings.ts';
export { verdictLine, type Counts, type JudgedRequirement, type Verdict } from './kit/judging/verdict.ts';
