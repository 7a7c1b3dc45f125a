import type { Snapshot } from '../../store/snapshot.ts';

/** The properties of a view: its data, the rows below its title row, and its width in cells. */
export type ViewProps = { snapshot: Snapshot; rows: number; width: number };
