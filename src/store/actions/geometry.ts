/** Of the terminal, in cells. */
export type Size = { columns: number; rows: number };

/** A cell of the screen, counted from 0. */
export type Spot = { column: number; row: number };

export type Tone = 'info' | 'error';
