/** The stream of all events, and the stream of the newest counters and live processes. */
export const eventStream = 'CHURN';
export const nowStream = 'CHURN_NOW';

export type SubjectKind = 'events' | 'pulse' | 'alive';

/** Names of the headers of messages. */
export const messageHeaders = {
  id: 'Nats-Msg-Id',
  expectedSequence: 'Nats-Expected-Last-Subject-Sequence',
  /** `seq` of the last record of a message. */
  to: 'Churn-To',
  /** `gzip` for a compressed message. */
  encoding: 'Churn-Encoding',
  /** `4f1d2a3b 2/3` for the second of three parts of a list. */
  part: 'Churn-Part',
} as const;

/** Returns a text as one token of a subject: every character but letters, digits, `-` and `_` becomes `_`. */
export const toToken = (text: string): string => text.replaceAll(/[^\w-]/g, '_') || '_';

/** Returns the subject of a recorder's messages. */
export const subjectOf = (host: string, recorder: string, kind: SubjectKind): string =>
  `churn.${toToken(host)}.${toToken(recorder)}.${kind}`;

/** Maximum number of messages for one list of live processes. */
export const maxListParts = 64;

/** Which part of which list a message has: its number, from 1, of the total. */
export type PartPosition = { list: string; number: number; total: number };

export const formatPart = ({ list, number, total }: PartPosition): string => `${list} ${number}/${total}`;

export const parsePart = (text = ''): PartPosition | undefined => {
  const [, list, number, total] = /^(\w+) (\d{1,3})\/(\d{1,3})$/.exec(text) ?? [];
  return list === undefined ? undefined : { list, number: Number(number), total: Number(total) };
};

export type ParsedSubject = { guest: string; recorder: string; kind: SubjectKind };

/** Parses `churn.web1.4f1d2a3b.events`, and `….alive.2` of a part. Undefined for a subject that is not of a publisher. */
export const parseSubject = (subject: string): ParsedSubject | undefined => {
  const [, guest, recorder, kind] =
    /^churn\.([\w-]+)\.([\w-]+)\.(events|pulse|alive)(?:(?<=alive)\.\d+)?$/.exec(subject) ?? [];
  if (guest === undefined || recorder === undefined) return undefined;
  return { guest, recorder, kind: kind as SubjectKind };
};

const secondNs = 1_000_000_000;
const hourNs = 3600 * secondNs;

/** The streams as their server stores them. Sizes suit 50 guests with 100 events/s each. */
export const streamConfigs = [
  {
    name: eventStream,
    subjects: ['churn.*.*.events'],
    retention: 'limits',
    storage: 'file',
    max_age: 24 * hourNs,
    max_bytes: 10 * 2 ** 30,
    discard: 'old',
    allow_direct: true,
    num_replicas: 1,
    duplicate_window: 120 * secondNs,
  },
  {
    name: nowStream,
    subjects: ['churn.*.*.pulse', 'churn.*.*.alive', 'churn.*.*.alive.*'],
    retention: 'limits',
    storage: 'file',
    max_age: hourNs,
    max_msgs_per_subject: 1,
    max_bytes: 2 ** 30,
    discard: 'old',
    allow_direct: true,
    num_replicas: 1,
    duplicate_window: 120 * secondNs,
  },
] as const;

export type StreamConfig = (typeof streamConfigs)[number];

/** Returns the line that creates a stream with the NATS command line. */
export const streamCommand = (config: StreamConfig): string =>
  [
    `nats stream add ${config.name} --subjects '${config.subjects.join(',')}'`,
    `--storage ${config.storage} --retention ${config.retention} --discard ${config.discard}`,
    `--max-age ${config.max_age / hourNs}h`,
    ...('max_msgs_per_subject' in config ? [`--max-msgs-per-subject ${config.max_msgs_per_subject}`] : []),
    `--max-bytes ${config.max_bytes / 2 ** 30}GiB --allow-direct --defaults`,
  ].join(' ');
