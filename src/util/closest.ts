/** Returns the number of letters to insert, delete, replace or swap with their neighbor to turn one word into another. */
const editDistance = (one: string, other: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (last[column - 1] as number) + Number(one[row - 1] !== other[column - 1]);
      let best = Math.min(replaced, (last[column] as number) + 1, (current[column - 1] as number) + 1);
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (isSwap) best = Math.min(best, (beforeLast[column - 2] ?? Number.POSITIVE_INFINITY) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] as number;
};

/** Longer words are not typing errors of a known word. */
const maxWordLength = 40;

/**
 * Returns the known word that was probably meant: at most one letter in three differs, or it starts with the typed
 * word.
 */
export const closestWord = (word: string, known: readonly string[]): string | undefined => {
  const typed = word.toLowerCase();
  if (typed.length < 2 || typed.length > maxWordLength) return undefined;
  const distances = known.map((each) => ({
    each,
    distance: editDistance(typed, each.toLowerCase()),
    isStart: typed.length >= 3 && each.toLowerCase().startsWith(typed),
  }));
  return distances
    .filter(
      ({ each, distance, isStart }) =>
        isStart || distance <= Math.max(1, Math.min(typed.length, each.length) / 3),
    )
    .toSorted((a, b) => Number(b.isStart) - Number(a.isStart) || a.distance - b.distance)[0]?.each;
};

/** Returns `did you mean report? `, before a list of what is expected, or nothing if no known word is close. */
export const meantPrefix = (word: string, known: readonly string[]): string => {
  const closest = closestWord(word, known);
  return closest === undefined || closest === word ? '' : `did you mean ${closest}? `;
};

/** Returns ` (did you mean report?)`, or nothing if no known word is close. */
export const didYouMean = (word: string, known: readonly string[], prefix = ''): string => {
  const closest = closestWord(word, known);
  return closest === undefined ? '' : ` (did you mean ${prefix}${closest}?)`;
};
