/** The first byte of the first UTF-8 character of two bytes, among them the C1 controls. */
export const firstUtf8Lead = 0xc2;

const isContinuation = (byte: number) => (byte & 0xc0) === 0x80;

/** Returns the length of the UTF-8 character that starts with this byte, 1 for a byte that starts none. */
export const expectedLength = (lead: number): number => {
  if (lead < firstUtf8Lead || lead > 0xf4) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
};

/** Returns the length of the UTF-8 character at an index, 1 for an invalid byte, undefined when the input ends within it. */
export const characterLength = (input: string, at: number): number | undefined => {
  const length = expectedLength(input.charCodeAt(at));
  for (let index = at + 1; index < at + length; index++) {
    if (index === input.length) return undefined;
    if (!isContinuation(input.charCodeAt(index))) return 1;
  }
  return length;
};

/** A control with its 7-bit letter: `[` for CSI. `end` is where its parameters start. */
export type Control = { letter: string; end: number };

/** Returns the C1 control at an index, as one byte or as a UTF-8 character. */
export const c1At = (input: string, at: number): Control | undefined => {
  const isUtf8 = input.charCodeAt(at) === firstUtf8Lead;
  const code = input.charCodeAt(isUtf8 ? at + 1 : at);
  if (!(code >= 0x80 && code <= 0x9f)) return undefined;
  return { letter: String.fromCharCode(code - 0x40), end: isUtf8 ? at + 2 : at + 1 };
};
