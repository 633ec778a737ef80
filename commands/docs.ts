import { writeFile } from 'node:fs/promises';
import { requirementsPage } from '../docs/requirementsPage.ts';

// `npm run docs`: writes what is made from the register. `selftest/docs.test.ts` fails where that has not been done.
await writeFile(new URL('../docs/requirements.md', import.meta.url), requirementsPage());
