import { objectsIn } from './premises.ts';

/** Signs that an answer shows the inside of a server (OWASP: improper error handling). */
const signs: Readonly<Record<string, RegExp>> = {
  'a stack trace':
    /Traceback \(most recent call last\)|^\s*File ".+", line \d+|\bat [\w.$<> ]+ ?\([^()\s]+:\d+(:\d+)?\)|\bat [\w.$]+\([\w]+\.(java|kt|scala|groovy):\d+\)|^\s*#\d+ .+\(\d+\): |goroutine \d+ \[/m,
  'a source path':
    /(?:\/[\w.@-]+)+\/[\w.@-]+\.(?:js|mjs|cjs|ts|py|rb|php|java|go|rs|cs|ex|pl)\b(?::\d+)?|\b[A-Za-z]:\\(?:[\w .-]+\\)+[\w.-]+/,
  'SQL':
    /\bSELECT\b.+\bFROM\b|\bINSERT INTO\b|\bUPDATE\b.+\bSET\b|\bDELETE FROM\b|SQLSTATE|ORA-\d{5}|syntax error at or near|\bPG::|SQLITE_|ER_[A-Z]+_ERROR|MySQL server version/,
  'an exception':
    /\b(?:java|javax|jakarta|org|com|net|io)\.[a-z][\w.]*\.[A-Z]\w*(?:Exception|Error)\b|\bSystem\.[\w.]*Exception\b|\b(?:TypeError|ReferenceError|NullPointerException|NullReferenceException|NoMethodError|KeyError|AttributeError|ActiveRecord::\w+|MongoError|MongoServerError|CastError)\b/,
  'a framework\'s error page':
    /Whitelabel Error Page|<pre>Cannot (?:GET|POST|PUT|PATCH|DELETE) |Werkzeug Debugger|Action Controller: Exception caught|DEBUG = True|Server Error in '.*' Application|Symfony Exception|Illuminate\\|Apache Tomcat\/|<address>Apache\/|Phusion Passenger/,
};

/** What of a server's inside a body shows; undefined where it shows nothing. */
export function internalsIn(body: string): string | undefined {
  const texts = textsIn(body);
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
