import { defaultSource, type SourceName, sourceNames } from '../../capture/core/source.ts';
import type { Flag } from './flag-type.ts';
import { oneOf, parseCpuShare, parseInterval } from './value-parsers.ts';

export const liveCommands = ['watch', 'record', 'report'] as const;

/** The flags of the sampler. */
export const samplingFlags = {
  source: {
    name: 'source',
    value: 'NAME',
    help: `kernel events, polling (proc), or what works: auto (default: ${defaultSource})`,
    commands: [...liveCommands, 'check'],
    config: true,
    choices: sourceNames,
    parse: oneOf<SourceName>(sourceNames),
  },
  interval: {
    name: 'interval',
    short: 'i',
    value: 'TIME',
    help: 'sampling interval of polling: 250us, 100ms, 1s (default: adaptive)',
    commands: liveCommands,
    config: true,
    parse: parseInterval,
  },
  cpuLimit: {
    name: 'cpu-limit',
    value: 'SHARE',
    help: 'CPU limit of polling, of one core (default: 5%)',
    commands: liveCommands,
    config: true,
    parse: parseCpuShare,
  },
  cpuLimitBusy: {
    name: 'cpu-limit-busy',
    value: 'SHARE',
    help: 'CPU limit while processes spawn and exit (default: 15%)',
    commands: liveCommands,
    config: true,
    parse: parseCpuShare,
  },
} as const satisfies Record<string, Flag>;
