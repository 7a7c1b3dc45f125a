export const row = (...cells: (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);

/** A table that is printed as it is measured. */
export const head = (...cells: string[]): void => {
  console.log();
  row(...cells);
  row(...cells.map(() => '---'));
};

export const ms = (value: number): string => value.toFixed(1);
