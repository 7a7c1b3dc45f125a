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
  /** The sources to test. Default: kernel events or, without them, polling. */
  sources?: readonly Source[];
  /** Command and flags of churntop. By default, the screen of the processes of the stage. */
  args?: (stage: { pid: number; directory: string }) => readonly string[];
};

const both: readonly Source[] = ['kernel', 'proc'];

/** The rows of the table in docs/guide/incidents.md. Each is a test. */
export const incidents: readonly Incident[] = [
  {
    stage: 'cron-jobs',
    incident: 'A cron daemon starts many different `sh -c` commands.',
    question: 'Which of them fails, how often, how, and who starts it?',
    steps: [
      { sees: / cron /, key: 'x' },
      { sees: /^. sh -c 'sleep .* 3 +\d+ .* cron \d+/m, key: '\r' },
    ],
    answer: 'The whole command, the rate, code 3, and its ancestors from cron up.',
    shows: [
      /commands +sh -c 'sleep 0\.3; exit 3 # sync-tenant --since yesterday' \(\d+\)/,
      /spawned +\d+ .*, \d\.\d\/s now/,
      /lifetime +p50 \d+ms/,
      /exit status +failed (\d+) of \1 known, exit 3 ×\1/,
      /last spawn +\S+ ago, PID \d+, by cron \d+ ← timeout/,
    ],
  },
  {
    stage: 'crash-loop',
    incident: 'A supervisor restarts a service that exits with 78.',
    question: 'Which service, with which arguments, how often, since when, and who restarts it?',
    steps: [
      { sees: /api-server/, key: 'x' },
      { sees: /^. api-server .* 78 +\d+ .* supervisor \d+/m, key: '\r' },
    ],
    answer: 'The command with its arguments, code 78, the period, the number of restarts and the supervisor.',
    shows: [
      /commands +api-server -c .* --port 8080 \(\d+\)/,
      /exit status +failed \d+ of \d+ known, exit 78 ×\d+/,
      /restarts +\d+ in \d+\.?\d*s, every 0\.\ds, exit 78, under supervisor \d+/,
    ],
    sources: both,
  },
  {
    stage: 'build',
    incident: '`make -j2` compiles sources.',
    question: 'Which source takes long, and which does not compile?',
    steps: [
      { sees: / cc /, key: '2' },
      { sees: /^. COMM /m, key: 'b' },
    ],
    answer:
      'One row for each compiler command: the median lifetime of `parser.c`, the failures of `broken.c`.',
    shows: [
      /^. cc -O\* -c pars.*parser\.o .* 0\/\d+ - +\d+(?:\.\d+s|\dms)/m,
      /^. cc -O\* -c brok.*broken\.o .* (\d+)\/\1 1 +\d+\S*ms/m,
    ],
  },
  {
    stage: 'shell-storm',
    incident: 'A shell loop forks as fast as it can.',
    question: 'Which processes, how many a second, how long do they live, and who starts them?',
    steps: [
      { sees: /by deploy-hook \d+/, key: '2' },
      { sees: /^. (?:date|true|deploy-hook) /m, key: '\r' },
    ],
    answer: 'The commands, the rate, lifetimes of milliseconds, no failure, and the PID of the loop.',
    shows: [
      /› (?:date|true|deploy-hook) +all with this comm/,
      /commands .*(?:date|true) .*\(\d+\)/,
      /spawned +\S+ .*, \d+(?:\.\d)?\/s now/,
      /lifetime +p50 [\d.]+ms/,
      /exit status +failed 0 of \S+ known/,
      /last spawn .* by deploy-hook \d+ ← timeout/,
    ],
  },
  {
    stage: 'zombies',
    incident: 'A server does not reap the processes that it starts.',
    question: 'Which processes are zombies, how many, how did they exit, and who should reap them?',
    steps: [
      { sees: /zombie, waiting for job-server \d+/, key: 'x' },
      { sees: /^. sh -c 'sleep .* 1 +\d+ .* job-server \d+/m, key: '\r' },
    ],
    answer: 'The command, the number of zombies, code 1, and the server. An alert follows after 10 s.',
    shows: [
      /commands +sh -c 'sleep 0\.2; exit 1 # render-thumbnail --size 640'/,
      /alive +\d+, including [1-9]\d* zombies/,
      /exit status +failed (\d+) of \1 known, exit 1 ×\1/,
      /last spawn .* by job-server \d+ ← timeout/,
    ],
    sources: both,
  },
];
