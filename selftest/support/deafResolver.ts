import dns from 'node:dns';

// Loaded ahead of a command: what asks for the address of api.example.com is never answered.
const { lookup } = dns;
dns.lookup = ((hostname: string, ...rest: never[]) => (hostname === 'api.example.com' ? undefined : Reflect.apply(lookup, dns, [hostname, ...rest]))) as unknown as typeof dns.lookup;
