import { allowedStatuses } from '../contracts/documented.ts';
import { notTestable } from '../contracts/notTestable.ts';
import { requirements, type Requirement, type RequirementOperation, type Subject } from '../contracts/requirements/index.ts';
import { contractVersion } from '../contracts/version.ts';
import { groupBy } from '../kit/group.ts';

const operations: Readonly<Record<RequirementOperation, string>> = {
  createToken: '`POST /oauth/token`',
  fetchTokenGroups: '`GET /oauth/token/{id}/groups`',
  fetchTokenOrganization: '`GET /oauth/token/{id}/organization`',
  all: 'judged over every exchange of a run, or by requests of their own',
};

/** The register as a page of Markdown, on which every requirement has its id, in lower case, as anchor. */
export function requirementsPage(): string {
  const count = (level: Requirement['level']) => `${requirements.filter((each) => each.level === level).length} ${level}`;
  return [
    '<!-- Written by `npm run docs` from contracts/requirements/. Change it there. -->',
    '',
    '# Requirements',
    '',
    `All ${requirements.length} requirements of the contract, version ${contractVersion}: ${count('MUST')}, ${count('SHOULD')} and ${count('INFO')}.`,
    'A violated MUST makes a target non-conformant, a violated SHOULD is a warning, and for an INFO the kit tells what it saw. An',
    'id never changes its meaning.',
    '',
    '## Contents',
    '',
    ...sections().flatMap(({ operation, subjects }) => [
      `- ${nameOf(operation)}, ${operations[operation]}`,
      ...subjects.map(({ subject, rows }) => `  - ${subject}: ${rows.map(({ id }) => linkTo(id)).join(' ')}`),
    ]),
    '- [what these operations cannot show](#what-these-operations-cannot-show)',
    '',
    ...sections().flatMap(({ operation, subjects }) =>
      subjects.flatMap(({ subject, rows }) => [`## ${headingOf(operation, subject)}`, '', ...rows.flatMap(entry)]),
    ),
    '## What these operations cannot show',
    '',
    ...notTestable.map(({ promise, reason }) => `- ${plain(promise)} ${plain(reason)}`),
    '',
  ].join('\n');
}

function entry({ id, level, operation, subject, title, statement, source, cause, secondClient }: Requirement): readonly string[] {
  const allowed = allowedStatuses[id];
  return [
    `### ${id}`,
    '',
    `**${plain(title)}**`,
    '',
    plain(statement),
    '',
    `- Level: ${level}`,
    `- Operation: ${nameOf(operation)}`,
    `- Subject: ${subject}`,
    `- Source: ${plain(source)}`,
    `- Where to look: ${plain(cause)}`,
    ...(secondClient ? ['- Needs: a second client, of another organization; skipped without one'] : []),
    ...(allowed ? [`- Allowed beyond the documented statuses: ${allowed.join(', ')}`] : []),
    '',
  ];
}

/** The register by operation and subject, both in its order. */
function sections() {
  return [...groupBy(requirements, ({ operation }) => operation).values()].map((ofOperation) => ({
    operation: ofOperation[0].operation,
    subjects: [...groupBy(ofOperation, ({ subject }) => subject).values()].map((rows) => ({ subject: rows[0].subject, rows })),
  }));
}

function headingOf(operation: RequirementOperation, subject: Subject): string {
  return operation === 'all' ? nameOf(operation) : `${operation}: ${subject}`;
}

function nameOf(operation: RequirementOperation): string {
  return operation === 'all' ? 'across operations' : operation;
}

function linkTo(id: string): string {
  return `[${id}](#${id.toLowerCase()})`;
}

/** The register's texts hold no Markdown, so what would be taken for some is escaped. */
function plain(text: string): string {
  return text.replace(/[*<[\]]/g, '\\$&');
}
