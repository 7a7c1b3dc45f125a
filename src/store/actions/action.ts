import type { Direction, ReplayCommand } from '../../domain/source/replay-control.ts';
import type { CellPosition, Size } from './geometry.ts';
import type { ViewId } from './view-id.ts';

/** The part of an input line that one key deletes. */
export type EraseUnit = 'character' | 'word' | 'all';

/** The severity of a notice. */
export type Tone = 'info' | 'error';

/** A change of the view, or an effect. It is sent by a key, the mouse, the terminal or the result of an effect. */
export type Action =
  | { type: 'togglePause' }
  | { type: 'openFilter' }
  | { type: 'typeFilter'; text: string }
  | { type: 'eraseFilter'; what: EraseUnit }
  | { type: 'recallFilter'; direction: Direction }
  | { type: 'completeFilter' }
  | { type: 'keepFilter' }
  | { type: 'clearFilter' }
  /** Opens the input line for a time or a note. */
  | { type: 'openInput'; mode: 'jump' | 'note' }
  | { type: 'typeInput'; text: string }
  | { type: 'eraseInput'; what: EraseUnit }
  | { type: 'closeInput' }
  | { type: 'openSearch' }
  | { type: 'typeSearch'; text: string }
  | { type: 'eraseSearch'; what: EraseUnit }
  | { type: 'keepSearch' }
  | { type: 'endSearch' }
  | { type: 'nextSearchMatch'; direction: Direction }
  | { type: 'openSortMenu' }
  | { type: 'moveMenu'; rows: number }
  /** Sorts by the column that is selected in the sort menu. */
  | { type: 'chooseSort' }
  | { type: 'closeMenu' }
  /** Shows the log on the whole screen, or the view again. */
  | { type: 'toggleFullLog' }
  | { type: 'showView'; view: ViewId }
  | { type: 'nextView' }
  | { type: 'nextSort' }
  | { type: 'reverseSort' }
  | { type: 'nextGrouping' }
  /** Shows commands in the next style. */
  | { type: 'nextCommandStyle' }
  | { type: 'previousGrouping' }
  /** Shows all guests again. With a filter, clears it first. */
  | { type: 'leaveGuest' }
  | { type: 'nextPane' }
  /** 1 expands the selected node or shortens the time span; -1 is the reverse. */
  | { type: 'zoom'; direction: Direction }
  | { type: 'filterBy'; what: 'comm' | 'subtree' }
  | { type: 'toggleFollow' }
  | { type: 'toggleMark' }
  | { type: 'nextMatch'; direction: Direction }
  | { type: 'move'; rows: number }
  | { type: 'movePage'; pages: number }
  /** The left mouse button was pressed. */
  | { type: 'press'; at: CellPosition }
  | { type: 'wheel'; at: CellPosition; rows: number }
  | { type: 'moveTo'; end: 'first' | 'last' }
  | { type: 'openDetails' }
  | { type: 'closeDetails' }
  /** Shows the details of the next or previous row. */
  | { type: 'nextDetails'; direction: Direction }
  | { type: 'scrollDetails'; rows: number }
  | { type: 'scrollDetailsPage'; pages: number }
  | { type: 'openAlerts' }
  | { type: 'closeAlerts' }
  /** Moves the selection of the alert list. */
  | { type: 'moveAlert'; rows: number }
  /** Goes to what the selected alert is about. */
  | { type: 'showCulprit' }
  /** Opens or closes the overview of a replay. */
  | { type: 'openOverview' }
  | { type: 'closeOverview' }
  | { type: 'openHelp' }
  | { type: 'closeHelp' }
  | { type: 'scrollHelp'; rows: number }
  | { type: 'scrollHelpPage'; pages: number }
  | { type: 'notify'; text: string; tone: Tone }
  | { type: 'resize'; size: Size }
  | Effect;

/** A request to code outside the store. The reducer does not change the state for it. */
export type Effect =
  | { type: 'dump' }
  /** Starts or stops the recording. */
  | { type: 'record' }
  | { type: 'redraw' }
  /** Copies the PID of the selected row to the terminal's clipboard. */
  | { type: 'copy' }
  | { type: 'suspend' }
  | { type: 'quit' }
  | { type: 'replay'; command: ReplayCommand }
  /** Closes the screen, and replays the recording of the guest on screen. */
  | { type: 'replayGuest' }
  /** Seeks to the next or previous event with the comm or PID of the selected row. */
  | { type: 'findEvent'; field: 'comm' | 'pid'; direction: Direction }
  /** Plays from the position on screen, and closes the overview. */
  | { type: 'playFromHere' }
  /** Seeks to the time in the input line. */
  | { type: 'jump' }
  /** Adds the text in the input line to the log and the trace. */
  | { type: 'note' };

const effectTypes: ReadonlySet<Action['type']> = new Set<Effect['type']>([
  'dump',
  'record',
  'redraw',
  'copy',
  'suspend',
  'quit',
  'replay',
  'replayGuest',
  'findEvent',
  'jump',
  'playFromHere',
  'note',
]);
/** Returns whether an action is carried out by the program, and does not change the view state. */
export const isEffect = (action: Action): action is Effect => effectTypes.has(action.type);
