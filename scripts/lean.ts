import { globalProcess } from './global-process.ts';
import { lateParts } from './late.ts';
import { leanExit } from './lean-exit.ts';
import { leanInk } from './lean-ink.ts';
import { leanMeow } from './lean-meow.ts';
import { leanReact } from './lean-react.ts';
import { leanReconciler } from './lean-reconciler.ts';
import { leanYoga } from './lean-yoga.ts';
import { oneCopy } from './one-copy.ts';

/** What is made of Ink, React and meow for a bundle that starts and draws fast. Each fails on a version that it does not know. */
export const lean = [
  globalProcess,
  lateParts,
  leanExit,
  leanInk,
  leanMeow,
  leanReconciler,
  leanReact,
  leanYoga,
  oneCopy,
];
