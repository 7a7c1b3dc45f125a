import type { Source } from '../support/installed/sources.ts';

/** A key, and what an operator sees on the screen before pressing it. */
export type Step = { sees: RegExp; key: string };

/** Processes to stage, and the keys that answer a question about them. */
export type Incident = {
  /** Name of the script in `stages/`, without `.sh`. */
  stage: string;
  /** What happens, and what an operator asks. One line of Markdown each, for the guide. */
  incident: string;
  question: string;
  /** At most three. A text typed into an input line counts as one. */
  steps: readonly Step[];
  /** What the screen answers, for the guide. */
  answer: string;
  /** What an 80x24 screen shows at the same time. */
  shows: readonly RegExp[];
  /** The sources to test. Polling is left out where it cannot give the whole answer. */
  sources: readonly Source[];
  /** Command and flags of churntop. By default, the screen of the processes of the stage. */
  args?: (stage: { pid: number; directory: string }) => readonly string[];
};

const both: readonly Source[] = ['kernel', 'proc'];

/** The rows of the table in docs/guide/incidents.md. Each is a test. */
export const incidents: readonly Incident[] = [
  {
    stage: 'crash-loop',
    incident: 'A supervisor restarts a service that exits with 78.',
    question: 'Which service fails, with which arguments and code, how often, under which supervisor?',
    steps: [{ sees: /api-server/, key: 'x' }],
    answer: 'The failures view has the command, exit code and parent; the header has the period.',
    shows: [/^. api-server -c .* --port \* .* 78 +\d+ .*supervisor/m],
    sources: both,
  },
];
