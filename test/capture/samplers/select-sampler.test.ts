import { describe, expect, test } from 'vitest';
import type { SamplerOptions } from '../../../src/capture/core/protocol.ts';
import { SourceError, type SourceName } from '../../../src/capture/core/source.ts';
import { readPidCounter } from '../../../src/capture/samplers/detect-mode.ts';
import { type OpenKernelOptions, selectSampler } from '../../../src/capture/samplers/select-sampler.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { FakeKernelSampler } from '../../support/fakes/fake-kernel-sampler.ts';
import { createManualClock } from '../../support/fakes/manual-clock.ts';
import { sourceInfo } from '../../support/fixtures/events.ts';

const firstNamespaces = { pid: 'pid:[4026531836]', user: 'user:[4026531837]' };

type Guest = {
  namespaces?: { pid?: string; user?: string };
  /** Whether the new thread of churntop moves the PID counter. */
  countsPids?: boolean;
  ownChildren?: boolean;
  /** Why the kernel refuses its events; undefined if it sends them. */
  refusal?: string;
};

/** Selects a sampler on a fake guest. `opened` has the options of each attempt to get kernel events. */
const select = (
  source: SourceName,
  { namespaces = {}, countsPids = true, ownChildren = true, refusal }: Guest = {},
) => {
  const kernel = new FakeKernel();
  const proc = openProcReader(kernel.root, kernel.files);
  const ownPid = kernel.fork(1, 'churntop', { execed: true });
  const counterBeforeStart = readPidCounter(proc);
  const tid = countsPids ? kernel.thread(ownPid) : ownPid;
  kernel.links.set('thread-self', `${ownPid}/task/${tid}`);
  for (const [name, link] of Object.entries({ ...firstNamespaces, ...namespaces }))
    kernel.links.set(`self/ns/${name}`, link);
  const kernelSampler = new FakeKernelSampler();
  const opened: OpenKernelOptions[] = [];
  const options: SamplerOptions = {
    root: kernel.root,
    source,
    intervalNs: undefined,
    cpuLimit: 0.05,
    cpuLimitBusy: 0.15,
    ownChildren,
    read: { args: false, cgroup: false },
    recorded: { args: false, cgroup: false },
    alerts: [],
    info: sourceInfo,
    counterBeforeStart,
    moduleUrl: 'file:///program.js',
  };
  const sampler = selectSampler({
    proc,
    clock: createManualClock(),
    options,
    ownPid,
    openKernelSampler: (openOptions) => {
      opened.push(openOptions);
      if (refusal !== undefined) throw new Error(refusal);
      return kernelSampler;
    },
  });
  return { sampler, opened, kernelSampler, ownPid };
};

describe('--source auto', () => {
  test('selects kernel events when the kernel sends them', () => {
    const { sampler } = select('auto');
    expect(sampler).toMatchObject({ mode: 'kernel', modeReason: 'kernel events work here' });
    expect(sampler.wait).toBeTypeOf('function');
  });

  test('selects cursor mode when the kernel refuses, and keeps the reason [fault:kernel-events-refused]', () => {
    const { sampler } = select('auto', { refusal: 'before Linux 6.6, only root receives process events' });
    expect(sampler).toMatchObject({
      mode: 'cursor',
      modeReason:
        'no kernel events: before Linux 6.6, only root receives process events; PID counter works here',
    });
    expect(sampler.wait).toBeUndefined();
  });

  test('selects walk mode when the PID counter cannot be used either', () => {
    const { sampler } = select('auto', { refusal: 'no connector', countsPids: false });
    expect(sampler).toMatchObject({
      mode: 'walk',
      modeReason:
        'no kernel events: no connector; the last PID in loadavg did not change when a thread was started',
    });
  });

  test.each([
    ['PID', { pid: 'pid:[4026532001]' }],
    ['user', { user: 'user:[4026532001]' }],
  ])('does not try kernel events in another %s namespace', (name, namespaces) => {
    const { sampler, opened } = select('auto', { namespaces });
    expect(opened).toEqual([]);
    expect(sampler.mode).toBe('cursor');
    expect(sampler.modeReason).toContain(`process events exist only in the first ${name} namespace;`);
  });

  test('passes the parent whose children are not reported', () => {
    expect(select('auto').opened).toMatchObject([{ ownPid: undefined, moduleUrl: 'file:///program.js' }]);
    const { opened, ownPid } = select('auto', { ownChildren: false });
    expect(opened).toMatchObject([{ ownPid }]);
  });

  test('falls to cursor mode when kernel events end', () => {
    const { sampler, kernelSampler } = select('auto');
    kernelSampler.sampleError = new Error('the socket was closed');
    sampler.sample(0);
    expect(sampler).toMatchObject({
      mode: 'cursor',
      modeReason: 'no kernel events: they have ended: the socket was closed; PID counter works here',
    });
  });
});

describe('--source proc', () => {
  test('selects cursor mode and does not try kernel events', () => {
    const { sampler, opened } = select('proc');
    expect(sampler).toMatchObject({ mode: 'cursor', modeReason: 'PID counter works here' });
    expect(opened).toEqual([]);
  });
});

describe('--source kernel', () => {
  test('selects kernel events', () => {
    expect(select('kernel').sampler.mode).toBe('kernel');
  });

  test('throws the reason when the kernel refuses', () => {
    expect(() => select('kernel', { refusal: 'no connector' })).toThrow(new SourceError('no connector'));
    expect(() => select('kernel', { namespaces: { pid: 'pid:[1]' } })).toThrow(SourceError);
  });

  test('throws when kernel events end, because nothing may take over', () => {
    const { sampler, kernelSampler } = select('kernel');
    kernelSampler.sampleError = new Error('the socket was closed');
    expect(() => sampler.sample(0)).toThrow(new SourceError('they have ended: the socket was closed'));
  });
});
