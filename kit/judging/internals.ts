import { objectsIn } from './premises.ts';

/**
 * Signs that an answer shows the inside of a server (OWASP: improper error handling). What repeats is bounded in each, so that
 * no text makes the search of it long.
 */
const signs: Readonly<Record<string, RegExp>> = {
  'a stack trace':
    /Traceback \(most recent call last\)|^[ \t]{0,40}File "[^"\n]{1,300}", line \d|\bat [\w.$<> ]{1,200}\([^()\s]{1,300}:\d{1,9}(?::\d{1,9})?\)|\bat [\w.$]{1,200}\(\w{1,100}\.(?:java|kt|scala|groovy):\d|^[ \t]{0,40}#\d{1,4} [^\n]{1,300}\(\d{1,9}\): |goroutine \d{1,9} \[/m,
  'a source path':
    /\.(?:js|mjs|cjs|ts|py|rb|php|java|go|rs|cs|ex|pl)\b(?<=\/[\w.@-]{1,200}\/[\w.@-]{1,200})|\b[A-Za-z]:\\[\w .-]{1,200}\\[\w.-]/,
  'SQL':
    /\bSELECT\b[^\n]{1,500}\bFROM\b|\bINSERT INTO\b|\bUPDATE\b[^\n]{1,500}\bSET\b|\bDELETE FROM\b|SQLSTATE|ORA-\d{5}|syntax error at or near|\bPG::|SQLITE_|ER_[A-Z]{1,100}_ERROR|MySQL server version/,
  'an exception':
    /\b(?:java|javax|jakarta|org|com|net|io)\.[a-z][\w.]{0,200}\.[A-Z]\w{0,100}(?:Exception|Error)\b|\bSystem\.[\w.]{0,200}Exception\b|\b(?:TypeError|ReferenceError|NullPointerException|NullReferenceException|NoMethodError|KeyError|AttributeError|ActiveRecord::\w|MongoError|MongoServerError|CastError)\b|\bcom\.fasterxml\.jackson\b|\bjson: cannot unmarshal\b|\bCannot deserialize (?:value|instance) of\b/,
  'a framework\'s error page':
    /Whitelabel Error Page|<pre>Cannot (?:GET|POST|PUT|PATCH|DELETE) |Werkzeug Debugger|Action Controller: Exception caught|DEBUG = True|Server Error in '[^'\n]{0,200}' Application|Symfony Exception|Illuminate\\|Apache Tomcat\/|<address>Apache\/|Phusion Passenger/,
};

/** So much of a body is searched, in characters: an error page says early what it is. */
const searched = 256 * 1024;

/** What of a server's inside a body shows; undefined where it shows nothing. */
export function internalsIn(body: string): string | undefined {
  const texts = textsIn(body).slice(0, searched);
  // A web address is for everyone, whatever its path ends in.
  const withoutLinks = texts.replace(/\bhttps?:\/\/[^\s"'<>()]+/gi, '');
  return Object.keys(signs).find((name) => signs[name]?.test(name === 'a source path' ? withoutLinks : texts));
}

/** The names and texts of a JSON document, each on a line of its own, without the escapes of JSON; else the body as it is. */
function textsIn(body: string): string {
  if (!/^\s*[[{"]/.test(body)) return body;
  try {
    const document = [JSON.parse(body) as unknown];
    return [...objectsIn(document)]
      .flatMap((object) => Object.entries(object).map(([name, value]) => (typeof value === 'string' ? `${name}\n${value}` : name)))
      .join('\n');
  } catch {
    return body;
  }
}
