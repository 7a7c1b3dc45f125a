import { isNatsUrl } from '../../fleet/nats/server/url.ts';
import { parseDurationNs, parseRfc3339 } from '../../util/time.ts';
import { quoteValue, UsageError } from '../support/errors.ts';
import type { Flag } from './flag-type.ts';
import { durationWithin } from './value-parsers.ts';

const asText = (value: string): string => value;

/** Parses `otlp` or a NATS URL. @throws UsageError */
const parsePublish = (text: string): string => {
  if (text === 'otlp' || isNatsUrl(text)) return text;
  throw new UsageError(`invalid target ${quoteValue(text)} (expected nats://HOST or otlp)`);
};

/** Parses `web1,db*`. @throws UsageError */
const parseNames = (text: string): readonly string[] => {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new UsageError(`empty name in ${quoteValue(text)} (expected web1,db*)`);
  return names;
};

/** Times from this one on do not fit into the 64 bits of a NATS server, ns. It would deliver everything. */
const endOfTimeNs = 2n ** 63n;

/** Parses a time before now, or RFC 3339, to wall time in ns. @throws UsageError */
const parseSince = (text: string): bigint => {
  const durationNs = parseDurationNs(text);
  const sinceNs =
    durationNs === undefined ? parseRfc3339(text) : BigInt(Date.now()) * 1_000_000n - durationNs;
  if (sinceNs !== undefined && sinceNs >= 0n && sinceNs < endOfTimeNs) return sinceNs;
  throw new UsageError(`invalid time ${quoteValue(text)} (expected 10m, 2h or 2026-05-01T12:00:00Z)`);
};

/** The flags for several guests. */
export const fleetFlags = {
  ssh: {
    name: 'ssh',
    value: 'HOSTS',
    repeatable: true,
    help: 'watch other hosts: web1,root@web2,@hosts.txt',
    commands: ['watch'],
    parse: asText,
  },
  via: {
    name: 'via',
    value: 'COMMAND',
    help: "watch guests by a command: --via 'docker exec -i {}' web1 web2",
    commands: ['watch'],
    parse: asText,
  },
  push: {
    name: 'push',
    help: 'with --ssh or --via: send churntop where it is missing',
    commands: ['watch'],
  },
  publish: {
    name: 'publish',
    value: 'TARGET',
    repeatable: true,
    help: 'send the recording to nats://HOST, or to OpenTelemetry: otlp',
    commands: ['record'],
    parse: parsePublish,
  },
  pulse: {
    name: 'pulse',
    value: 'TIME',
    help: 'with --publish nats://…: send counters this often instead of events',
    commands: ['record'],
    parse: durationWithin('1s', '10s'),
  },
  guests: {
    name: 'guests',
    value: 'LIST',
    help: 'with nats://…: only these guests: web1,db*',
    commands: ['view', 'report', 'export'],
    parse: parseNames,
  },
  since: {
    name: 'since',
    value: 'TIME',
    help: 'with nats://…: events from this time on: 10m, 2026-05-01T12:00:00Z',
    commands: ['view', 'report', 'export'],
    parse: parseSince,
  },
  create: {
    name: 'create',
    help: 'with nats://…: create the streams that are missing',
    commands: ['check'],
  },
  tether: {
    name: 'tether',
    value: 'TIME',
    help: 'with --ndjson: stop when standard input ends or is silent for TIME',
    commands: ['watch'],
    parse: durationWithin('1s', '1h'),
  },
} as const satisfies Record<string, Flag>;
