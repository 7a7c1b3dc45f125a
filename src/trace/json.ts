// C1 controls, bidi and zero-width characters pass JSON.stringify as they are, and a terminal obeys them.
const unsafe = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const escaped = (character: string): string =>
  [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');

/** A JSON string that no terminal obeys. */
export const jsonText = (text: string): string => JSON.stringify(text).replace(unsafe, escaped);

/** JSON with BigInts digit by digit; keys that are undefined are left out. */
export const json = (value: unknown): string => {
  if (typeof value === 'string') return jsonText(value);
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value !== 'object' || value === null) return String(value ?? null);
  let text = '';
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== undefined) text += `${text === '' ? '' : ','}${jsonText(key)}:${json(inner)}`;
  }
  return `{${text}}`;
};
