/** Prints a row of a Markdown table. */
export const printRow = (...cells: (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);

/** Prints the header of a Markdown table, so that rows can be printed while measuring. */
export const printHeader = (...cells: string[]): void => {
  console.log();
  printRow(...cells);
  printRow(...cells.map(() => '---'));
};

/** Formats a figure with one decimal. */
export const oneDecimal = (value: number): string => value.toFixed(1);
