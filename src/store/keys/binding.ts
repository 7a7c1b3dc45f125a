import type { Action } from '../actions/action.ts';
import type { ViewId } from '../actions/view-id.ts';

export type Binding = {
  mode: Mode;
  /** What it is for: `now` is all but a replay; without it, everything. */
  sourceKinds?: SourceKind | 'now';
  /** Names as `nameKeys` gives them; the first is the one the footer shows. */
  keys: readonly string[];
  /** Empty where the help of another key says it. */
  help: string;
  /** Short form for the footer; without one the key is in the help only. */
  footer?: string;
  /** The footer has room for it, whatever else must go. */
  alwaysInFooter?: true;
  /** The views in which it does something; without it, all. */
  views?: readonly ViewId[];
  action: Action;
};

/** Where keys go: the lists, the details of one row, a line at the bottom, or the help screen on top of them. */
export type Mode = 'normal' | 'details' | 'filter' | 'jump' | 'note' | 'help';

/** What is watched: this guest, a trace as it arrives, or a trace in which time can be travelled. */
export type SourceKind = 'live' | 'pipe' | 'replay';

/** Which key does what another one does. Where text is typed every key is itself. */
export type KeyOverrides = ReadonlyMap<string, string>;
