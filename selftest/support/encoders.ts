import { array, constantFrom, oneof, string, tuple, type Arbitrary } from 'fast-check';

/** Writes a text in another way, from which software reads the same text. */
export type Encoder = (text: string) => string;

const bytesOf = (text: string): readonly number[] => [...Buffer.from(text)];
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const units = (text: string): readonly number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));

/** Every way in which a target may encode what it repeats. They are written down here without the kit's own code. */
export const encoders: Readonly<Record<string, Encoder>> = {
  'as it is': (text) => text,
  'percent-encoded where it must be': (text) => encodeURIComponent(text),
  'percent-encoded in full': (text) => bytesOf(text).map((byte) => `%${hex(byte, 2)}`).join(''),
  'percent-encoded in full, in upper case': (text) => bytesOf(text).map((byte) => `%${hex(byte, 2).toUpperCase()}`).join(''),
  'as a form': (text) => new URLSearchParams({ '': text }).toString().slice(1),
  'escaped for HTML': (text) => text.replace(/[&<>"']/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? '&apos;'),
  'decimal references of HTML': (text) => Array.from(text, (character) => `&#${character.codePointAt(0)};`).join(''),
  'hexadecimal references of HTML': (text) => Array.from(text, (character) => `&#x${hex(character.codePointAt(0) ?? 0, 1)};`).join(''),
  'a string of JSON': (text) => JSON.stringify(text).slice(1, -1),
  'a string of JSON, by PHP': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/').replace(/[\x7f-\uffff]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`),
  'escapes of JSON in full': (text) => units(text).map((unit) => `\\u${hex(unit, 4)}`).join(''),
  'escapes of bytes': (text) => bytesOf(text).map((byte) => `\\x${hex(byte, 2)}`).join(''),
  'escapes of bytes in octal': (text) => bytesOf(text).map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  'escaped for Markdown': (text) => text.replace(/[\\`*_[\]|~<>]/g, '\\$&'),
  'a JSON Pointer': (text) => text.replaceAll('~', '~0').replaceAll('/', '~1'),
  'base64': (text) => Buffer.from(text).toString('base64'),
  'base64url': (text) => Buffer.from(text).toString('base64url'),
  'base64 of something longer': (text) => Buffer.from(`id:${text}:more`).toString('base64'),
  'base64 of something longer still': (text) => Buffer.from(`{"a":"${text}"}`).toString('base64url'),
  'base64 in lines': (text) => Buffer.from(text).toString('base64').replace(/.{8}/g, '$&\r\n'),
  'hexadecimal digits': (text) => Buffer.from(text).toString('hex'),
  'hexadecimal digits in upper case': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  'hexadecimal bytes with colons': (text) => bytesOf(text).map((byte) => hex(byte, 2)).join(':'),
  'a list of bytes': (text) => JSON.stringify(bytesOf(text)),
};

/** Ways that lose the case, which nothing that is to be read afterwards can go through: they come first. */
const casings: Readonly<Record<string, Encoder>> = {
  'in its case': (text) => text,
  'in lower case': (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
  'in upper case': (text) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
};

/** Up to three encoders, one after the other, with their names. */
export const composedEncoder: Arbitrary<{ readonly names: string; readonly encode: Encoder }> = tuple(constantFrom(...Object.keys(casings)), array(constantFrom(...Object.keys(encoders)), { minLength: 1, maxLength: 3 }))
  .map(([casing, names]) => ({
    names: [casing, ...names].join(', then '),
    encode: (text) => names.reduce((encoded, name) => encoders[name]?.(encoded) ?? encoded, casings[casing]?.(text) ?? text),
  }));

/** Secrets as they are drawn: tokens, and whatever else 8 to 64 characters may be (RFC 6749, appendix A: VSCHAR; some clients have more). */
export const secretValue: Arbitrary<string> = oneof(
  { weight: 3, arbitrary: string({ minLength: 12, maxLength: 64, unit: constantFrom(...Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')) }) },
  { weight: 2, arbitrary: string({ minLength: 12, maxLength: 40, unit: 'grapheme-ascii' }).filter((value) => value.trim().length >= 12) },
  { weight: 1, arbitrary: string({ minLength: 12, maxLength: 30, unit: constantFrom(...Array.from('aB3%&\\"\'$~/+=<>#;é😀ü')) }) },
);
