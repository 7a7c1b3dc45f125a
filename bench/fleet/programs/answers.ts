import type { Checked } from './checked-link.ts';

/** What the programs of the benchmark answer to a question of the parent. */
export type ViewerStatus = Checked & {
  /** Guests whose live processes are counted. */
  known: number;
  guests: number;
  /** Guests that are live. */
  live: number;
  /** Spawns and exits that the light states have counted, and records that they miss. */
  counted: number;
  missing: number;
};
/** Records that are written, and those of spawns and exits among them. */
export type WriterStatus = { records: number; events: number };
export type Question = 'status' | 'go' | 'stop';

/** Answers questions of the parent process. Ends with it. */
export const answer = (answers: Partial<Record<Question, () => unknown>>): void => {
  process.on('message', (question: Question) => process.send?.(answers[question]?.() ?? null));
  process.on('disconnect', () => process.exit());
};

/** Calls back at a fixed rate, as long as the callback returns true, and again at once if it is late. */
export const every = (intervalMs: number, callback: (turn: number) => boolean): void => {
  const startMs = performance.now();
  let turn = 0;
  const run = () => {
    while (startMs + turn * intervalMs <= performance.now()) if (!callback(turn++)) return;
    setTimeout(run, Math.max(0, startMs + turn * intervalMs - performance.now()));
  };
  run();
};
