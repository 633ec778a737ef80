import { existsSync, readFileSync } from 'node:fs';

/** The folder of the package: that of the sources, or the one above what was compiled. */
export const root: URL = ['../', '../../'].map((up) => new URL(up, import.meta.url)).find((folder) => existsSync(new URL('package.json', folder))) ?? new URL('../', import.meta.url);

const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  name: string;
  version: string;
};

export const kitName = manifest.name;
export const kitVersion = manifest.version;

/** What the modules of the kit end in: they are run as they are, or compiled. */
export const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** How a command of the kit is run where it is: by npm in a clone, else by its own name. */
export function commandLine(command: string): string {
  return extension === 'ts' ? `npm run ${command}` : `npx ${kitName} ${command}`;
}
