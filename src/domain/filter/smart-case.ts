/** Lower-case letters match both cases, one capital makes it exact. */
export const ignoresCase = (text: string): boolean => text === text.toLowerCase();

export const contains = (word: string): ((text: string) => boolean) =>
  ignoresCase(word) ? (text) => text.toLowerCase().includes(word) : (text) => text.includes(word);
