/** Returns whether a searched text ignores case: whether it has no upper-case letter. */
export const ignoresCase = (searched: string): boolean => searched === searched.toLowerCase();

/** Returns a test for texts that contain the searched one. Lower case matches upper case as well. */
export const containsTest = (searched: string): ((text: string) => boolean) =>
  ignoresCase(searched) ? (text) => text.toLowerCase().includes(searched) : (text) => text.includes(searched);
