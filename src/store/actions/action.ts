import type { Direction, ReplayCommand } from '../../domain/source/replay-control.ts';
import type { Spot as CellPosition, Size, Tone } from './geometry.ts';
import type { ViewId } from './view-id.ts';

/** Everything that can happen to the view: keys, results of effects, and the passing of frames. */
export type Action =
  | { type: 'togglePause' }
  | { type: 'openFilter' }
  | { type: 'typeFilter'; text: string }
  | { type: 'eraseFilter'; what: 'character' | 'word' | 'all' }
  | { type: 'recallFilter'; by: -1 | 1 }
  | { type: 'completeFilter' }
  | { type: 'keepFilter' }
  | { type: 'clearFilter' }
  /** Of the line at the bottom that is for a time or a note. */
  | { type: 'openLine'; line: 'jump' | 'note' }
  | { type: 'typeLine'; text: string }
  | { type: 'eraseLine'; what: 'character' | 'word' | 'all' }
  | { type: 'closeLine' }
  | { type: 'show'; view: ViewId }
  | { type: 'nextView' }
  | { type: 'nextSort' }
  | { type: 'reverseSort' }
  | { type: 'nextGrouping' }
  | { type: 'nextPane' }
  /** See more (1) or less (-1) of it: open or close what is chosen. */
  | { type: 'zoom'; by: 1 | -1 }
  | { type: 'filterBy'; what: 'comm' | 'subtree' }
  | { type: 'toggleFollow' }
  | { type: 'toggleMark' }
  | { type: 'nextMatch'; by: 1 | -1 }
  | { type: 'move'; rows: number }
  | { type: 'movePage'; pages: number }
  /** The pointer's button was pressed there. */
  | { type: 'point'; at: CellPosition }
  | { type: 'wheel'; at: CellPosition; rows: number }
  | { type: 'moveTo'; end: 'first' | 'last' }
  | { type: 'openDetails' }
  | { type: 'closeDetails' }
  /** Of the next row or the one before. */
  | { type: 'nextDetails'; by: 1 | -1 }
  | { type: 'openHelp' }
  | { type: 'closeHelp' }
  | { type: 'scrollHelp'; rows: number }
  | { type: 'notify'; text: string; tone: Tone }
  | { type: 'resize'; size: Size }
  | Effect;
/** What the view asks of the outside; the reducer leaves the state as it is. */
export type Effect =
  | { type: 'dump' }
  | { type: 'record' }
  | { type: 'redraw' }
  /** The PID of what is chosen, to the clipboard of the terminal. */
  | { type: 'copy' }
  | { type: 'suspend' }
  | { type: 'quit' }
  | { type: 'replay'; command: ReplayCommand }
  /** To the next event of what is chosen. */
  | { type: 'find'; by: 'comm' | 'pid'; direction: Direction }
  /** To the time that was typed. */
  | { type: 'jump' }
  /** What was typed, into log and trace. */
  | { type: 'note' };
