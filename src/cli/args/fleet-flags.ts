import type { Flag } from './flag-type.ts';
import { durationWithin } from './value-parsers.ts';

/** The flags for several guests. */
export const fleetFlags = {
  tether: {
    name: 'tether',
    value: 'TIME',
    help: 'with --ndjson: stop once standard input ends or is silent so long',
    commands: ['watch'],
    parse: durationWithin('1s', '1h'),
  },
} as const satisfies Record<string, Flag>;
