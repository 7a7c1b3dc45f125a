/** What the programs of the benchmark answer to a question of the parent. */
export type ViewerStatus = {
  /** Guests whose live processes are counted. */
  known: number;
  guests: number;
  /** Guests that are live. */
  live: number;
  /** Records of events that the link has delivered, and faults in their numbers. */
  records: number;
  lost: number;
  twice: number;
  /** Spawns and exits that the light states have counted, and records that they miss. */
  counted: number;
  missing: number;
};
/** `records` of all guests, without the ends of batches that are not written yet. */
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
