/**
 * The forms in which a target repeats a value, as many for every value, some of them the same: as it is, in JSON (also with what
 * Gson and PHP escape, and in a string that holds JSON itself), in HTML, in a URL, and in base64, alone or inside of something
 * longer. What stands for the value in an exchange that is handed on stands there in the same form.
 */
export function formsOf(value: string): string[] {
  const raw = Buffer.from(value);
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
  const inPhp = (text: string) => inJson(text).replaceAll('/', '\\/');
  const unit = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const html = value.replace(/[&<>"']/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? '&#39;');
  const json = [inJson(value), inPhp(value), inJson(value).replace(/[<>&='\u007f-\uffff]/g, unit)];
  // A value may be cut inside of a character, which no URL can hold.
  const url = encodeURIComponent(raw.toString());
  const base64 = raw.toString('base64');
  return [
    value,
    ...json,
    ...json.flatMap((inner) => [inJson(inner), inPhp(inner)]),
    html,
    url,
    url.replace(/%20/g, '+'),
    url.replace(/%../g, (escaped) => escaped.toLowerCase()),
    base64,
    base64.replaceAll('=', ''),
    raw.toString('base64url'),
    ...[0, 1, 2].flatMap((offset) => insideBase64(raw, offset)),
    new URLSearchParams({ '': value }).toString().slice(1),
  ];
}

/** The characters that a value has in the base64 of something longer, in which so many bytes too many precede it. */
function insideBase64(raw: Buffer, offset: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(offset), raw]);
  return (['base64', 'base64url'] as const).map((alphabet) =>
    padded.toString(alphabet).slice(Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6)),
  );
}
