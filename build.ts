import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// `npm run build`: compiles what is published into `dist/`, since Playwright takes no TypeScript below `node_modules`.
const compiled = ['contracts', 'kit', 'reference', 'tests'];
const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

rmSync(path('dist'), { recursive: true, force: true });
execFileSync(process.execPath, [path('node_modules/typescript/bin/tsc'), '-p', path('tsconfig.build.json')], { stdio: 'inherit' });
// What modules read beside themselves.
for (const folder of compiled) {
  for (const file of readdirSync(path(folder), { recursive: true, encoding: 'utf8' })) {
    if (/\.(json|css)$/.test(file)) cpSync(path(`${folder}/${file}`), path(`dist/${folder}/${file}`));
  }
}
chmodSync(path('dist/cli.js'), 0o755);
