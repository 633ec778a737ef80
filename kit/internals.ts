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

/** What of a server's inside a text shows; undefined where it shows nothing. */
export function internalsIn(text: string): string | undefined {
  // In JSON, the line breaks and backslashes of a stack trace are escaped.
  const plain = text.replaceAll('\\n', '\n').replaceAll('\\\\', '\\').replaceAll('\\"', '"');
  return Object.keys(signs).find((name) => signs[name]?.test(plain));
}
