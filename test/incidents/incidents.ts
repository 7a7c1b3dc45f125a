import type { Source } from '../support/installed/sources.ts';
import { rootObstacle, writableCgroupsObstacle } from './obstacles.ts';
import { burstTrace, rareJobTrace, twoCgroupsTrace } from './traces.ts';

/** A key, and what an operator sees on the screen before pressing it. */
export type Step = { sees: RegExp; key: string };

/** Processes to stage, and the keys that answer a question about them. */
export type Incident = {
  /** Name of the script in `stages/`, without `.sh`. The script takes no part if only a trace has the incident. */
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
  /** The sources to test. Default: kernel events or, without them, polling. Empty: it is not staged. */
  sources?: readonly Source[];
  /** Returns why it cannot be staged here. */
  obstacle?: () => string | undefined;
  /** A trace with the incident, which is read from a pipe like a live system, or replayed. */
  trace?: { text: () => string; read: 'piped' | 'replayed' };
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
      { sees: /PARENT *\n. sh -c 'sleep .* 3 +\d+ .* cron \d+/, key: '\r' },
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
      { sees: /PARENT *\n. api-server pro.* 78 +\d+ .* supervisor \d+/, key: '\r' },
    ],
    answer: 'The command with its arguments, code 78, the period and the supervisor. An alert follows.',
    shows: [
      /commands +api-server prod\.conf --port 8080 \(\d+\)/,
      /exit status +failed \d+ of \d+ known, exit 78 ×\d+/,
      /period +p50 \d+ms/,
      /last failed +exit 78 .* under supervisor \d+/,
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
      { sees: /of job-server \d+/, key: 'x' },
      { sees: /PARENT *\n. sh -c 'sleep .* 1 +\d+ .* job-server \d+/, key: '\r' },
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
  {
    stage: 'two-cgroups',
    incident: 'A service starts eight workers a second, and a container a health check every second.',
    question: 'Which unit spawns most: what, how often, by which process, and for how long does it live?',
    steps: [
      { sees: /resize/, key: '2' },
      { sees: /COMM .*\n.*resize/, key: 'B' },
      { sees: /thumbnails\.service +[5-9]\.\d (?:.*\n)*.*docker-4f5e6a7b8c9d\.scope +[01]\.\d /, key: '\r' },
    ],
    answer: 'The churn by unit has the rates; its details have the command, period, lifetime and parent.',
    shows: [
      /thumbnails\.service +all in this unit/,
      /commands +.*resize 0\.1 /,
      /period +p50 1\d\dms/,
      /lifetime +p50 1\d\dms/,
      /spawned by +thumbnails \d+/,
    ],
    obstacle: writableCgroupsObstacle,
    trace: { text: twoCgroupsTrace, read: 'piped' },
  },
  {
    stage: 'user-chain',
    incident: 'A job of `root` starts a script as `backup`, which starts uploads as `daemon`.',
    question: 'Which user runs what, and which users started it?',
    steps: [
      { sees: /upload/, key: '2' },
      { sees: /COMM .*\n.*upload/, key: '\r' },
    ],
    answer: 'The details of the comm have its user, and the ancestors with their users.',
    shows: [
      /commands +.*upload 0\.2 /,
      /user +daemon /,
      /last spawn .* by\s+rotate-logs\s+\d+\s+\(backup\)\s+←\s+nightly\s+\d+\s+\(root\)/,
    ],
    obstacle: rootObstacle,
  },
  {
    stage: 'short-cpu',
    incident: 'A script keeps both cores busy with processes that live for less than a second.',
    question: 'What uses the CPU, although no process in the table does?',
    steps: [
      { sees: /render/, key: '2' },
      { sees: /COMM .*\n.*render/, key: '\r' },
    ],
    answer: 'The details have the command, its lifetime, and the CPU time of all children of the script.',
    shows: [
      /commands +.*render -e '.*' page-\*\.svg /,
      /lifetime +p50 \d/,
      /used +\S+ CPU time by all children of report-gen \d+/,
    ],
  },
  {
    stage: 'five-minutes-ago',
    incident: 'A recording ends five minutes after 150 jobs failed within ten seconds.',
    question: 'When was it, what failed, how often, with which exit code, and what started it?',
    steps: [
      { sees: /failures .*\d*█/, key: '}' },
      {
        sees: /cursor +12:14:59 +153 spawns, 153 exits, 150 failed in 16s\nexited +sync-tenant ×150, df ×3/,
        key: '\x1b[C',
      },
      { sees: /cursor +12:15:1/, key: '5' },
    ],
    answer: 'The overview has the time and the numbers; after the burst, the failures view has the rest.',
    shows: [/sync-tenant .* 150\/150 3 .*cron 500/],
    sources: [],
    trace: { text: burstTrace, read: 'replayed' },
  },
  {
    stage: 'rare-job',
    incident: 'A scheduler starts a job of 20 ms at long intervals.',
    question: 'What runs there, how often, for how long, and what starts it?',
    steps: [
      { sees: /renew-lease/, key: '2' },
      { sees: /COMM .*\n.*renew-lease/, key: '\r' },
    ],
    answer: 'The details have the command, the period, the lifetime and the parent.',
    shows: [
      /commands +.*renew-lease 0\.02 \(\d+\)/,
      /period +(p50 )?1(\.0s|m00s)/,
      /lifetime +p50 2\d(\.\d)?ms/,
      /spawned by +scheduler \d+ /,
    ],
    sources: both,
    trace: { text: rareJobTrace, read: 'piped' },
  },
];
