import { writeFile } from 'node:fs/promises';
import { requirementsPage } from './requirementsPage.ts';

// `npm run docs`: writes what is made from the register. `selftest/docs.test.ts` fails where that has not been done.
await writeFile(new URL('requirements.md', import.meta.url), requirementsPage());
