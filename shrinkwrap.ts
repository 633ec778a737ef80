import { readFileSync, rmSync, writeFileSync } from 'node:fs';

// Run by `npm pack`: publishes what package-lock.json pins as `npm-shrinkwrap.json`, which npm reads in a package that is installed, and
// removes the file afterwards. It is there for no longer: in a clone npm would read it in place of the lockfile.
const file = new URL('npm-shrinkwrap.json', import.meta.url);

interface Locked {
  readonly dev?: boolean;
  readonly resolved?: string;
}

if (process.argv.includes('--remove')) rmSync(file, { force: true });
else {
  const lock = JSON.parse(readFileSync(new URL('package-lock.json', import.meta.url), 'utf8')) as { readonly packages: Record<string, Locked> };
  const packages = Object.entries(lock.packages)
    .filter(([, { dev }]) => !dev)
    // Where a package came from is for the machine that installs it to say; its hash says which it is.
    .map(([path, { resolved: _, ...locked }]) => [path, path === '' ? { ...locked, devDependencies: undefined } : locked]);
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
}
