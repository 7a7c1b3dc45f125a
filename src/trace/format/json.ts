// C1 controls, bidi and zero-width characters pass JSON.stringify as they are, and a terminal obeys them.
const unsafeCharacters = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Nothing to escape at all: nearly every name there is. */
const plainAscii = /^[ !#-[\]-~]*$/;

const escapeAll = (characters: string): string =>
  Array.from(
    { length: characters.length },
    (_, index) => `\\u${characters.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');

/** A JSON string that no terminal obeys. */
export const jsonString = (text: string): string =>
  plainAscii.test(text) ? `"${text}"` : JSON.stringify(text).replace(unsafeCharacters, escapeAll);

/** JSON that was made before, to stand where a value does. */
export class RawJson {
  readonly text: string;

  constructor(value: unknown) {
    this.text = toJson(value);
  }
}

/** JSON with BigInts digit by digit; keys are our own words, and those that are undefined are left out. */
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
