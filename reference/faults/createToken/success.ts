import type { Faults } from '../../deviation.ts';
import { conforming } from '../../behaviour.ts';
import { editAnswer } from '../../edits.ts';

/** CT-101 to CT-112. */
export const success = {
  'CT-101': [
    {
      name: 'nested-created-as-200',
      summary: 'A token that is created by a nested request is answered 200.',
      wrap: editAnswer(({ status, nested, operation }) => (operation === 'createToken' && nested && status === 201 ? { status: 200 } : {})),
      also: ['CT-601'],
    },
  ],
  'CT-102': [
    {
      name: 'token-without-expires-in',
      summary: 'A token has no expires_in.',
      steps: () => ({
        renderToken: (...args) => {
          const resource = conforming.renderToken(...args);
          const { expires_in: _, ...attributes } = resource['attributes'] as Record<string, unknown>;
          return { ...resource, attributes };
        },
      }),
      also: ['CT-302', 'CT-601', 'CT-606'],
    },
  ],
} satisfies Partial<Faults>;
