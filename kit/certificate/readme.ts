import type { Conformance } from '../reports/conformance.ts';
import { printable } from '../printable.ts';
import { verdictLine } from '../judging/verdict.ts';
import { kitName, kitVersion } from '../version.ts';

/** What a bundle is worth. */
export interface BundleStanding {
  readonly challenge: string | null;
  /** Why it is no certificate. */
  readonly missing: readonly string[];
  readonly signed: boolean;
}

/** What a bundle says of itself, in Markdown. */
export function bundleReadme(conformance: Conformance, { challenge, missing, signed }: BundleStanding): string {
  const { startedAt } = conformance;
  const title =
    missing.length > 0 ? 'Record of a run that gave no certificate'
    : signed ? 'Certificate of OAuth conformance'
    : 'Certificate of OAuth conformance (unsigned)';
  return `# ${title}

${missing.length > 0 ? withoutCertificate(conformance, missing) : certified(conformance, signed)}
It was judged at ${startedAt}. The challenge of the programme was: ${challenge ?? 'none'}.

| file | holds |
| --- | --- |
| statement.html | the result for people, on a page to print |
| conformance.json | the result for machines |
| exchanges/ | every request and answer, with pseudonyms of the same length and syntax in place of secrets |
| run.json | which exchanges each case of each requirement was judged by, and what judged |
| contract/ | the requirements and the schemas that it was judged against |
| SHA256SUMS | the digests of all of these: \`sha256sum --check SHA256SUMS\` |
${signed ? '| attestation.json | an in-toto statement on all of these, signed, in a DSSE envelope |\n' : ''}
${missing.length > 0 ? looking : verifying}
## Reproduce it

With the settings of the target (OAUTH_BASE_URL, both clients) in \`.env\`:

    npx ${kitName}@${kitVersion} certify

What a certificate claims, and what it does not, is told in the kit's docs/certification.md.
`;
}

function certified(conformance: Conformance, signed: boolean): string {
  const { target, contract, kit } = conformance;
  return `${signed ? '' : '**Nobody has signed this bundle: it proves nothing to anybody who has not made it.**\n\n'}The target ${target.baseUrl} was judged against version ${contract.version} of the contract by ${kit.name} ${kit.version}:

> ${oneLine(verdictLine(conformance))}

Nothing was waived, filtered out or blocked. The statement lists each requirement, those that were skipped with the reason.
`;
}

function withoutCertificate({ target, contract, kit }: Conformance, missing: readonly string[]): string {
  return `The target ${target.baseUrl} was judged against version ${contract.version} of the contract by ${kit.name} ${kit.version}. **This is no certificate:**

${missing.map((each) => `- ${oneLine(each)}`).join('\n')}
`;
}

// What a target says stays in its line, and is no Markdown.
function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|~&]/g, '\\$&');
}

const looking = `## Look at it

With version ${kitVersion} of the kit, \`npx ${kitName} replay FILE.tgz\` makes all reports of it, without the target.
`;

const verifying = `## Verify it

With version ${kitVersion} of the kit, offline, and the public key that the programme has published:

    npx ${kitName}@${kitVersion} verify FILE.tgz --key PUBLIC.pem --challenge CHALLENGE --max-age 30d

That compares the signature and the digests, and judges the recorded exchanges again. \`npx ${kitName} replay FILE.tgz\` makes all reports of them.
`;
