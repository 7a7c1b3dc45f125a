/** Characters that JSON.stringify does not escape and that a terminal interprets: C1, bidi, zero-width. */
const unsafeCharacters = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** A text that needs no escapes. Nearly every name is one. */
const plainAscii = /^[ !#-[\]-~]*$/;

const escapeAll = (characters: string): string =>
  Array.from(
    { length: characters.length },
    (_, index) => `\\u${characters.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');

/** Returns the text as a JSON string without characters that a terminal interprets. */
export const jsonString = (text: string): string =>
  plainAscii.test(text) ? `"${text}"` : JSON.stringify(text).replace(unsafeCharacters, escapeAll);

/** A value that is already encoded as JSON. */
export class RawJson {
  readonly text: string;

  constructor(value: unknown) {
    this.text = toJson(value);
  }
}

/** Encodes a value as JSON, BigInts with all digits. Keys are not escaped. Undefined values of objects are omitted. */
export const toJson = (value: unknown): string => {
  if (typeof value === 'string') return jsonString(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value !== 'object' || value === null) return String(value ?? null);
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  let text = '';
  for (const key in value) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner !== undefined) text += `${text === '' ? '' : ','}"${key}":${toJson(inner)}`;
  }
  return `{${text}}`;
};
