/** The size of the terminal, in cells. */
export type Size = { columns: number; rows: number };

/** The position of a screen cell, counted from 0. */
export type CellPosition = { column: number; row: number };
