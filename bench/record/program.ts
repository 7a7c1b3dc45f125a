/**
 * One measured run in a process of its own, in JSON on standard output: live capture with or without a recorder, or a
 * recorder alone fed at a fixed rate.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLive } from '../../src/capture/live-source.ts';
import type { ProbeEvent } from '../../src/domain/events/event.ts';
import type { SourceStatus } from '../../src/domain/source/event-source.ts';
import { openRecorder } from '../../src/trace/record/recorder.ts';

const [mode, seconds = '10', path = '', rate = '5000'] = process.argv.slice(2);
const spanMs = Number(seconds) * 1000;
const fsyncNs = 1_000_000_000n;
const tool = 'bench';

/** Seconds of CPU that the threads of this name have used; the kernel cuts names at 15 bytes. */
const cpuOf = (thread: string): number => {
  let ticks = 0;
  for (const tid of readdirSync('/proc/self/task')) {
    const stat = readFileSync(`/proc/self/task/${tid}/stat`, 'latin1');
    if (!stat.includes(`(${thread.slice(0, 15)})`)) continue;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / 100;
};

const source = openLive();

const live = async () => {
  let status: SourceStatus | undefined;
  let events = 0;
  const recorder = path === '' ? undefined : await openRecorder({ path, info: source.info, tool, fsyncNs });
  if (recorder) source.tee(recorder.feed);
  source.start({
    onBatch: ({ records }) => {
      events += records.length;
    },
    onStatus: (latest) => {
      status = latest;
    },
    onError: (error) => {
      throw error;
    },
  });
  process.stderr.write('ready\n');
  await sleep(spanMs);
  const used = { recorder: cpuOf('churntop-recorder'), sampler: cpuOf('churntop-sampler') };
  await source.stop();
  const recorded = await recorder?.stop();
  const { processesSeen = 0, missedTasks = 0, droppedRecords } = status ?? {};
  const share = (cpu: number) => (cpu * 1000) / spanMs;
  return {
    coverage: processesSeen / (processesSeen + (missedTasks ?? 0)),
    eventsPerSecond: (events * 1000) / spanMs,
    recorder: share(used.recorder),
    sampler: share(used.sampler),
    dropped: droppedRecords,
    records: recorded?.records,
    lost: recorded?.dropped,
  };
};

const fed = async () => {
  const recorder = await openRecorder({ path, info: source.info, tool, fsyncNs });
  const perBatch = Number(rate) / 20;
  let pid = 1;
  const events = (nowNs: bigint): ProbeEvent[] =>
    Array.from({ length: perBatch }, (_, index) => {
      const who = {
        guest_pid: pid + (index >> 1),
        guest_comm: 'short-lived',
        guest_monotonic_ns: nowNs,
        start_ticks: pid,
        window_ns: 312_000n,
      };
      return index % 2 === 0
        ? { probe_source: 'process.spawned', ...who, guest_ppid: 1, guest_uid: 0 }
        : { probe_source: 'process.exited', ...who, lifetime_ns: 1_234_567n };
    });
  const before = cpuOf('churntop-recorder');
  const start = performance.now();
  for (let batch = 1; batch <= spanMs / 50; batch++) {
    const nowNs = process.hrtime.bigint();
    recorder.feed.port.postMessage({ type: 'batch', batch: { nowNs, records: events(nowNs) } });
    pid += perBatch;
    await sleep(Math.max(0, start + batch * 50 - performance.now()));
  }
  const spent = cpuOf('churntop-recorder') - before;
  const elapsed = (performance.now() - start) / 1000;
  const { records, bytes, dropped } = await recorder.stop();
  return {
    recorder: spent / elapsed,
    eventsPerSecond: records / elapsed,
    bytesPerSecond: bytes / elapsed,
    dropped,
  };
};

const figures = await (mode === 'fed' ? fed() : live());
process.stdout.write(JSON.stringify(figures));
process.exit();
