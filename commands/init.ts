import { readFile, writeFile } from 'node:fs/promises';
import { print } from '../kit/print.ts';
import { commandLine, root } from '../kit/version.ts';
import { SettingsError } from '../kit/settings/settings.ts';

/** What is written into a folder that is to use the kit: copies of files of the kit, and what to do with each. */
const files = [
  { name: '.env', source: '.env.example', mode: 0o600, hint: 'fill it in, and keep it out of version control' },
  { name: 'oauth-conformance.yml', source: 'examples/github-package.yml', mode: 0o644, hint: 'a gate for GitHub Actions; move it to .github/workflows/' },
] as const;

/**
 * Writes a commented `.env` and a workflow for GitHub Actions into the working directory, and leaves alone what is there already.
 *
 * @throws {SettingsError} where one of them cannot be written
 */
export async function init(): Promise<void> {
  for (const { name, source, mode, hint } of files) {
    const written = await writeFile(name, await readFile(new URL(source, root)), { flag: 'wx', mode }).then(
      () => true,
      ({ code }: NodeJS.ErrnoException) => {
        if (code === 'EEXIST') return false;
        throw new SettingsError([`${name} cannot be written (${code}): it takes a folder that the user of this run may write to`]);
      },
    );
    print(written ? `${name} was written: ${hint}\n` : `${name} is there already, and was left as it is; ${source} of the kit is what would have been written\n`);
  }
  print(`Then see what would be sent: ${commandLine('plan')}\n`);
}
