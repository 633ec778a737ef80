/** A name in the way in which it is compared: without its case, and without what lies between its words. */
const canonical = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The ends of names whose value is a secret, of members, parameters and cookies: `access_token`, `X-Api-Key`, `clientSecret`. */
const credential = /(?:token|secret|password|passwd|passphrase|apikey|privatekey|secretkey|accesskey|credentials?|assertion|authorization|jwt|bearer)$/;
/** The same for headers, of which more is hidden: what a header is called is no prose. */
const credentialHeader = /token|secret|password|key$|cookie|authorization|session|credential|jwt|signature/;
/** Names whose value tells one thing from another, or leads to one. */
const identifier = /(?:ids?|uuid|guid|urn|type|self|related|next|prev|first|last|links?|location|hrefs?|urls?|uris?|etag|traceparent|trace|ray|version|schema|profile|pointer|parameter)$/;

/** Whether the value of a member or a parameter is a secret by its name, however that is spelt. */
export function namesCredential(name: string): boolean {
  return name.length <= longestName && credential.test(canonical(name));
}

/** Whether the value of a header is a secret by its name. */
export function namesCredentialHeader(name: string): boolean {
  return name.length <= longestName && credentialHeader.test(canonical(name)) && !isPolicy.test(name);
}

/** Headers that only speak of others. */
const isPolicy = /^(?:access-control-|www-authenticate$|proxy-authenticate$|sec-|content-|vary$|clear-site-data$|(?:ratelimit|x-ratelimit)-)/i;

/** Whether the value of a member or a header is an id, a link or a type by its name. */
export function namesIdentifier(name: string): boolean {
  return name.length <= longestName && identifier.test(canonical(name));
}

/** No name is longer; what is says nothing by its end. */
const longestName = 256;
