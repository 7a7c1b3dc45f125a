import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChurnRecord, ProbeEvent } from '../../../src/domain/events/event.ts';
import { isProbeEvent } from '../../../src/domain/events/event.ts';
import { recordTimeNs } from '../../../src/domain/events/record.ts';
import { type CompiledFilter, parseFilter } from '../../../src/domain/filter/filter.ts';
import { StreamFilter } from '../../../src/domain/filter/stream-filter.ts';
import { ProcessSubject } from '../../../src/domain/filter/subject.ts';
import { unknownGuest } from '../../../src/domain/processes/guest.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import type { TraceBatch } from '../../../src/trace/read/batches.ts';
import { TraceFilter } from '../../../src/trace/read/trace-filter.ts';
import { execed, exited, spawned, zombie } from '../../support/fixtures/events.ts';

/** What the model knows of a record: its process, and the names that the process has had. */
type Life = { pid: number; names: readonly string[]; event: string; ancestors: readonly number[] };

/** A filter text, and an independent function that evaluates the same condition. */
type Model = { text: string; holds: (life: Life) => boolean };

const names = ['sh', 'sleep', 'nginx', 'cron'] as const;
const name = fc.constantFrom(...names);
const pid = fc.integer({ min: 1, max: 6 });

const leaf: fc.Arbitrary<Model> = fc.oneof(
  name.map((wanted) => ({ text: `comm=${wanted}`, holds: (life: Life) => life.names.includes(wanted) })),
  name.map((wanted) => ({ text: `comm!=${wanted}`, holds: (life: Life) => !life.names.includes(wanted) })),
  fc.tuple(name, name).map(([one, other]) => ({
    text: `comm!=${one},${other}`,
    holds: (life: Life) => !life.names.includes(one) && !life.names.includes(other),
  })),
  fc.constantFrom('s', 'n', 'ee').map((part) => ({
    text: part,
    holds: (life: Life) => life.names.some((each) => each.includes(part)),
  })),
  name.map((wanted) => ({ text: `/^${wanted}$/`, holds: (life: Life) => life.names.includes(wanted) })),
  pid.map((wanted) => ({ text: `pid!=${wanted}`, holds: (life: Life) => life.pid !== wanted })),
  pid.map((wanted) => ({
    text: `under=${wanted}`,
    holds: (life: Life) => life.pid === wanted || life.ancestors.includes(wanted),
  })),
  fc.constantFrom('spawned', 'exec', 'zombie', 'exited').map((event) => ({
    text: `event=${event}`,
    holds: (life: Life) => life.event === event,
  })),
);

const anyModel: fc.Arbitrary<Model> = fc.letrec<{ model: Model }>((tie) => ({
  model: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.tuple(tie('model'), fc.constantFrom('!(', '! (', '!!!(')).map(([{ text, holds }, bang]) => ({
      text: `${bang}${text})`,
      holds: (life: Life) => !holds(life),
    })),
    leaf.map(({ text, holds }) => ({ text: `!${text}`, holds: (life: Life) => !holds(life) })),
    fc.tuple(tie('model'), tie('model'), fc.constantFrom(' ', ' and ', '&')).map(([a, b, joint]) => ({
      text: `(${a.text})${joint}(${b.text})`,
      holds: (life: Life) => a.holds(life) && b.holds(life),
    })),
    fc.tuple(tie('model'), tie('model'), fc.constantFrom(' or ', '|')).map(([a, b, joint]) => ({
      text: `(${a.text})${joint}(${b.text})`,
      holds: (life: Life) => a.holds(life) || b.holds(life),
    })),
  ),
})).model;

/** Delays before a step, in ms: within the window of a fork and its exec, at its end, and after it. */
const delay = fc.constantFrom(0, 1, 20, 50, 51, 200);

/** Lives of processes with PIDs 1 to 6, which are reused, as records in order of time. */
const anyHistory: fc.Arbitrary<ProbeEvent[]> = fc
  .array(fc.record({ pid, name, delay, step: fc.constantFrom('spawn', 'exec', 'exec', 'zombie', 'exit') }), {
    maxLength: 24,
  })
  .map((steps) => {
    const live = new Map<number, string>();
    let at = 100;
    return steps.flatMap(({ pid, name, delay, step }): ProbeEvent[] => {
      at += delay / 1000;
      const comm = live.get(pid);
      if (comm === undefined) {
        live.set(pid, name);
        return [spawned(pid, name, at, { guest_ppid: (pid % 6) + 1, start_ticks: Math.round(at * 1000) })];
      }
      if (step === 'spawn') return [];
      if (step === 'zombie') return [zombie(pid, comm, at)];
      if (step === 'exec') {
        live.set(pid, name);
        return [execed(pid, name, at, { previous_comm: comm })];
      }
      live.delete(pid);
      return [exited(pid, comm, at)];
    });
  });

/** Cuts a history into batches. */
const anyCut = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 24 });
const cut = (records: readonly ProbeEvent[], sizes: readonly number[]): ProbeEvent[][] => {
  const batches: ProbeEvent[][] = [];
  for (let from = 0, index = 0; from < records.length; index++) {
    const size = sizes[index % sizes.length] as number;
    batches.push(records.slice(from, from + size));
    from += size;
  }
  return batches;
};

const windowNs = 50_000_000n;
const eventOf = ({ probe_source }: ProbeEvent) => probe_source.slice('process.'.length);

type Process = {
  spawn: ProbeEvent;
  names: string[];
  /** The ancestors as of a record, by its index; the newest last. */
  ancestors: { since: number; pids: readonly number[] }[];
  withheld: boolean;
};

/** The process of each record, and the processes of which the record supplies a missing ancestor. */
type Step = { process: Process; completed: readonly Process[] };

const latestAncestors = ({ ancestors }: Process) => ancestors.at(-1)?.pids as readonly number[];

/** Follows the processes of a history. A process that was reported before an ancestor is completed by its spawn. */
const followProcesses = (records: readonly ProbeEvent[]): Step[] => {
  const live = new Map<number, Process>();
  const last = new Map<number, Process>();
  let waiting: Process[] = [];
  const isRetained = (process: Process) => {
    const { guest_pid } = process.spawn;
    return live.get(guest_pid) === process || last.get(guest_pid) === process;
  };
  const waitIfIncomplete = (process: Process) => {
    const top = latestAncestors(process).at(-1) as number;
    if (!live.has(top) && !last.has(top)) waiting.push(process);
  };
  const complete = (ancestor: Process, since: number): Process[] => {
    const { guest_pid, start_ticks = 0 } = ancestor.spawn;
    const found = waiting.filter((process) => latestAncestors(process).at(-1) === guest_pid);
    waiting = waiting.filter((process) => !found.includes(process));
    const completed = found.filter(
      (process) => isRetained(process) && start_ticks <= (process.spawn.start_ticks ?? 0),
    );
    for (const process of completed) {
      const pids = [...latestAncestors(process), ...latestAncestors(ancestor)];
      process.ancestors.push({ since, pids });
      waitIfIncomplete(process);
    }
    return completed;
  };
  return records.map((record, index) => {
    const { guest_pid } = record;
    let completed: Process[] = [];
    if (record.probe_source === 'process.spawned') {
      const ppid = record.guest_ppid as number;
      const parent = live.get(ppid) ?? last.get(ppid);
      const pids = [ppid, ...(parent ? latestAncestors(parent) : [])];
      const process = {
        spawn: record,
        names: [record.guest_comm],
        ancestors: [{ since: index, pids }],
        withheld: false,
      };
      live.set(guest_pid, process);
      waitIfIncomplete(process);
      completed = complete(process, index);
    }
    const process = live.get(guest_pid) as Process;
    if (record.probe_source === 'process.exited') {
      live.delete(guest_pid);
      last.set(guest_pid, process);
    }
    return { process, completed };
  });
};

/** Returns the records that a filter emits, by looking at each life as a whole. */
const expectedRecords = (
  records: readonly ProbeEvent[],
  { holds }: Model,
  excludes: boolean,
): ProbeEvent[] => {
  const emitted: ProbeEvent[] = [];
  const live = new Set<Process>();
  const steps = followProcesses(records);
  const isWithinStart = ({ spawn }: Process, record: ProbeEvent) =>
    recordTimeNs(record) - recordTimeNs(spawn) <= windowNs;
  /** Records of the first 50 ms are decided by the ancestors at its end, later ones by those reported before them. */
  const ancestorsAt = (process: Process, index: number) =>
    process.ancestors.findLast(({ since }) => {
      const isInTime = isWithinStart(process, records[since] as ProbeEvent);
      return since <= index || (isInTime && isWithinStart(process, records[index] as ProbeEvent));
    })?.pids as readonly number[];
  records.forEach((record, index) => {
    const { process, completed } = steps[index] as Step;
    const { guest_pid } = record;
    if (record.probe_source === 'process.spawned') {
      for (const other of live) if (other.spawn.guest_pid === guest_pid) live.delete(other);
      live.add(process);
    }
    if (record.probe_source === 'process.exec' && !process.names.includes(record.guest_comm))
      process.names.push(record.guest_comm);
    if (record.probe_source === 'process.exited') live.delete(process);
    // A spawn, and the execs right after it, are decided by the names of the first 50 ms.
    const own = records
      .slice(records.indexOf(process.spawn) + 1)
      .filter((later) => later.guest_pid === guest_pid);
    const execs = own.slice(0, own.findIndex(({ probe_source }) => probe_source !== 'process.exec') >>> 0);
    const started = execs.filter((exec) => isWithinStart(process, exec));
    const isStart = record === process.spawn || started.includes(record);
    const startNames = [process.spawn, ...started].map(({ guest_comm }) => guest_comm);
    const life = {
      pid: guest_pid,
      names: [...process.names],
      event: eventOf(record),
      ancestors: ancestorsAt(process, index),
    };
    const matches = holds(life) && (!isStart || !excludes || holds({ ...life, names: startNames }));
    if (record.probe_source === 'process.spawned') process.withheld = !matches;
    else if (
      record.probe_source === 'process.exec' &&
      process.withheld &&
      holds({ ...life, event: 'spawned' })
    ) {
      process.withheld = false;
      emitted.push(process.spawn);
    }
    if (matches) emitted.push(record);
    for (const descendant of completed) {
      const { spawn, names, withheld } = descendant;
      const ancestors = ancestorsAt(descendant, index);
      if (!withheld || !live.has(descendant) || isWithinStart(descendant, record)) continue;
      if (!holds({ pid: spawn.guest_pid, names, event: 'spawned', ancestors })) continue;
      descendant.withheld = false;
      emitted.push(spawn);
    }
  });
  return emitted;
};

const compile = (text: string): CompiledFilter => {
  const filter = parseFilter(text);
  if (!filter.ok) throw new Error(`${text}: ${filter.error}`);
  return filter;
};

test('[fault:negated-filter] StreamFilter agrees with a model of each process, however records are batched', () => {
  fc.assert(
    fc.property(anyHistory, anyModel, anyCut, (records, model, sizes) => {
      const filter = compile(model.text);
      const stream = new StreamFilter(filter);
      const emitted = cut(records, sizes).flatMap((batch) => stream.filter<ChurnRecord>(batch));
      expect(emitted.concat(stream.flush())).toEqual(expectedRecords(records, model, filter.excludesNames));
    }),
    { numRuns: 3_000 },
  );
});

test('[fault:negated-filter] the batches of an export agree with the model', async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, anyModel, anyCut, async (records, model, sizes) => {
      const filter = compile(model.text);
      const batches = cut(records, sizes).map(
        (part, index): TraceBatch => ({
          header: undefined,
          isNewRecorder: index === 0,
          file: '-',
          line: 1,
          records: [...part],
        }),
      );
      const source = async function* () {
        yield* batches;
      };
      const exported = new Set<ChurnRecord>();
      for await (const { batch, matches } of new TraceFilter(filter, () => unknownGuest).filterBatches(
        source(),
      ))
        for (const record of batch.records) if (isProbeEvent(record) && matches(record)) exported.add(record);
      // A spawn of the same batch is exported at its place, not before its exec.
      expect(exported).toEqual(new Set(expectedRecords(records, model, filter.excludesNames)));
    }),
    { numRuns: 1_000 },
  );
});

test('[fault:negated-filter] the table agrees with the model of each process', () => {
  fc.assert(
    fc.property(anyHistory, anyModel, (records, model) => {
      const filter = compile(model.text);
      const system = new SystemState();
      for (const record of records) system.apply({ nowNs: recordTimeNs(record), records: [record] });
      for (const process of system.table.live()) {
        const born = records.findLastIndex(
          ({ guest_pid, probe_source }) => guest_pid === process.pid && probe_source === 'process.spawned',
        );
        const life = records.slice(born).filter(({ guest_pid }) => guest_pid === process.pid);
        const event = life.some(({ probe_source }) => probe_source === 'process.zombie') ? 'zombie' : '';
        const ancestors = system.ancestry.find(process)?.ancestors ?? [];
        const wanted = model.holds({
          pid: process.pid,
          names: life.map(({ guest_comm }) => guest_comm),
          event,
          ancestors,
        });
        // An unknown event is neither equal nor unequal, which the model does not have.
        if (event === '' && model.text.includes('event')) continue;
        expect(filter.matches(new ProcessSubject(process, system))).toBe(wanted);
      }
    }),
    { numRuns: 1_000 },
  );
});
