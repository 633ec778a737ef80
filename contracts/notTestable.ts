/** Something that the provider promises and that this kit cannot judge. */
export interface NotTestable {
  promise: string;
  reason: string;
}

/** What cannot be tested through the three operations, so that nobody takes a certificate for more than it says. */
export const notTestable: readonly NotTestable[] = [
  {
    promise: 'An access token is limited to its OAuth scopes.',
    reason: 'No request of the three operations carries a scope, and no answer names one.',
  },
  {
    promise: 'Client credentials are handed out to those they are meant for.',
    reason: 'That happens before the first request, outside the API.',
  },
  {
    promise: 'A token gives access to all patients of its organization.',
    reason: 'Patients are read through other operations, which this contract does not cover.',
  },
  {
    promise: 'The other operations of the API accept the tokens and keep their own documentation.',
    reason: 'This contract covers createToken, fetchTokenGroups and fetchTokenOrganization only.',
  },
  {
    promise: 'Members marked read-only cannot be written.',
    reason: 'None of the three operations writes a resource that has such members.',
  },
];
