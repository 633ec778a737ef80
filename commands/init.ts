import { copyFile, constants } from 'node:fs/promises';
import { root } from '../kit/version.ts';
import { SettingsError } from '../kit/settings.ts';

/** What is written into a folder that is to use the kit, by the files of the kit that it is a copy of. */
const files = { '.env.example': '.env', 'examples/github-actions.yml': 'oauth-conformance.yml' } as const;

/**
 * Writes a commented `.env` and a workflow for GitHub Actions into the working directory.
 *
 * @throws {SettingsError} where one of them is there already; nothing is overwritten
 */
export async function init(): Promise<void> {
  for (const [source, name] of Object.entries(files)) {
    await copyFile(new URL(source, root), name, constants.COPYFILE_EXCL).catch(({ code }: NodeJS.ErrnoException) => {
      throw new SettingsError([`${name} cannot be written (${code}): it takes a folder without one`]);
    });
    process.stdout.write(`${name} was written\n`);
  }
  process.stdout.write('Fill in .env, keep it out of version control, and have a look with `npx oauth-conformance-kit plan`.\n');
}
