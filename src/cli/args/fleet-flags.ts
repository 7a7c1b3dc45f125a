import type { Flag } from './flag-type.ts';
import { durationWithin, oneOf } from './value-parsers.ts';

const asText = (value: string): string => value;

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
    help: 'send the recording to an OpenTelemetry collector: otlp',
    commands: ['record'],
    parse: oneOf(['otlp']),
  },
  tether: {
    name: 'tether',
    value: 'TIME',
    help: 'with --ndjson: stop once standard input ends or is silent so long',
    commands: ['watch'],
    parse: durationWithin('1s', '1h'),
  },
} as const satisfies Record<string, Flag>;
