import { readFileSync } from 'node:fs';
import { html, raw } from 'hono/html';

type Html = ReturnType<typeof html>;

const style = readFileSync(new URL('page.css', import.meta.url), 'utf8');

/** A page for people, which needs nothing else and runs no script. */
export function page(title: string, content: Html): string {
  return String(html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'" />
    <link rel="icon" href="data:," />
    <title>${title}</title>
    <style>${raw(style)}</style>
  </head>
  <body>
    <main>${content}</main>
  </body>
</html>
`);
}
