import { formatAlert } from '../../domain/alerts/format.ts';
import { placeOf } from '../../domain/cgroups/place.ts';
import { nameText } from '../../domain/commands/command-text.ts';
import {
  type AlertRecord,
  type GapRecord,
  isProbeEvent,
  type LoggedEvent,
  type NoteRecord,
} from '../../domain/events/event.ts';
import type { HeaderRecord } from '../../domain/events/record.ts';
import { printable } from '../../util/printable.ts';
import { RawJson, toJson } from '../format/json.ts';
import type { TraceBatch } from '../read/batches.ts';
import type { RecordPredicate } from '../read/trace-filter.ts';
import { WallClock } from '../read/wall-clock.ts';
import type { CreateExporter, Exporter } from './exporter.ts';
import { ProcessContexts } from './process-context.ts';

const ecs = new RawJson({ version: '9.4.0' });
const processCategory = new RawJson(['process']);

/** `event.type` and `event.action` of each record. ECS defines the types of the category `process`. */
const eventTypes: Readonly<Record<LoggedEvent['probe_source'], { type: string; action: string }>> = {
  'process.spawned': { type: 'start', action: 'process-spawned' },
  'process.exec': { type: 'change', action: 'process-exec' },
  'process.user': { type: 'change', action: 'process-user' },
  'process.zombie': { type: 'info', action: 'process-zombie' },
  'process.exited': { type: 'end', action: 'process-exited' },
};
const foundAlive = { type: 'info', action: 'process-found' };

const eventFields = ({ type, action }: { type: string; action: string }) => ({
  kind: 'event',
  category: processCategory,
  type: [type],
  action,
  module: 'churntop',
  dataset: 'churntop.process',
});

const hostFields = ({ host, boot_id, pid_ns }: HeaderRecord): RawJson =>
  new RawJson({
    name: host,
    hostname: host,
    boot: { id: boot_id },
    pid_ns_ino: /\d+/.exec(pid_ns)?.[0],
    os: { type: 'linux' },
  });

/** Returns the container of a process and its pod, in the fields of the schema. */
const placeFields = (cgroup: string | undefined) => {
  const place = cgroup === undefined ? undefined : placeOf(cgroup);
  const container = place?.containers[0];
  return {
    container: container && { id: container.id, name: container.name, runtime: container.engine },
    // Pods of podman have no orchestrator.
    orchestrator: place?.pod?.qos && {
      type: 'kubernetes',
      resource: { type: 'pod', id: place.pod.uid },
    },
  };
};

/** Returns the systemd unit and slice of a process, which the schema has no fields for. */
const unitFields = (cgroup: string | undefined) => {
  const place = cgroup === undefined ? undefined : placeOf(cgroup);
  return { unit: place?.unit, slice: place?.slice };
};

/** Exports to the Elastic Common Schema, one document per line. Skips and counts records without a wall time. */
class EcsExporter implements Exporter {
  readonly #clock = new WallClock();
  readonly #contexts = new ProcessContexts();
  #header: TraceBatch['header'];
  #host: RawJson | undefined;
  #skippedRecords = 0;

  get skippedRecords(): number {
    return this.#skippedRecords;
  }

  begin(): string {
    return '';
  }

  convert({ header, isNewRecorder, records }: TraceBatch, matches: RecordPredicate): string {
    if (isNewRecorder) this.#contexts.reset();
    if (header !== this.#header) this.#host = header && hostFields(header);
    this.#header = header;
    let out = '';
    for (const record of records) {
      this.#clock.update(record);
      if (record.probe_source === 'process.children') continue;
      if (isProbeEvent(record)) out += this.#probe(record, matches);
      else if (record.probe_source === 'trace.gap') out += this.#gap(record);
      else if (record.probe_source === 'trace.note') out += this.#note(record);
      else if (record.probe_source === 'trace.alert') out += this.#alert(record);
    }
    return out;
  }

  end(): string {
    return '';
  }

  #probe(record: LoggedEvent, matches: RecordPredicate): string {
    const context = this.#contexts.apply(record);
    if (!matches(record)) return '';
    const { probe_source, guest_pid, guest_comm, guest_monotonic_ns, start_ticks } = record;
    const eventType = 'initial' in record ? foundAlive : eventTypes[probe_source];
    const ppid = ('guest_ppid' in record ? record.guest_ppid : undefined) ?? context.ppid;
    const uid = ('guest_uid' in record ? record.guest_uid : undefined) ?? context.uid;
    const args = 'args' in record ? record.args : undefined;
    const startTime = context.spawnedNs === undefined ? undefined : this.#clock.toRfc3339(context.spawnedNs);
    const isExit = probe_source === 'process.exited';
    const lifetime = isExit ? record.lifetime_ns : undefined;
    const zombieNs = isExit ? record.zombie_ns : undefined;
    const user = uid === undefined ? undefined : { id: String(uid) };
    return this.#document(guest_monotonic_ns, {
      message: `${printable(nameText(guest_comm))}[${guest_pid}] ${eventType.action}`,
      event: { ...eventFields(eventType), duration: lifetime },
      process: {
        pid: guest_pid,
        name: guest_comm,
        entity_id:
          start_ticks === undefined
            ? undefined
            : `${this.#header?.boot_id ?? 'unknown'}/${guest_pid}/${start_ticks}`,
        parent: ppid === undefined ? undefined : { pid: ppid, name: context.parentComm },
        user,
        start: startTime,
        end: isExit ? this.#clock.toRfc3339(guest_monotonic_ns - (zombieNs ?? 0n)) : undefined,
        args,
        args_count: 'args_cut' in record ? undefined : args?.length,
        exit_code: 'exit_code' in record ? record.exit_code : undefined,
      },
      user,
      ...placeFields(context.cgroup),
      churntop: {
        epistemic_status: 'DECLARED',
        monotonic_ns: guest_monotonic_ns,
        window_ns: record.window_ns,
        comm_hex: record.comm_hex,
        cgroup: 'cgroup' in record ? record.cgroup : undefined,
        ...unitFields(context.cgroup),
        previous_comm: 'previous_comm' in record ? record.previous_comm : undefined,
        previous_uid: 'previous_uid' in record ? record.previous_uid : undefined,
        args_cut: 'args_cut' in record ? record.args_cut : undefined,
        args_nuls: 'args_nuls' in record ? record.args_nuls : undefined,
        unread: 'unread' in record ? record.unread : undefined,
        zombie_ns: zombieNs,
        cpu_ns: 'cpu_ns' in record ? record.cpu_ns : undefined,
        exit_signal: 'exit_signal' in record ? record.exit_signal : undefined,
        core_dumped: 'core_dumped' in record ? record.core_dumped : undefined,
      },
    });
  }

  #gap({ reason, tasks, events, from_monotonic_ns, to_monotonic_ns }: GapRecord): string {
    return this.#document(to_monotonic_ns, {
      message: `gap: ${reason}`,
      event: {
        ...eventFields({ type: 'info', action: 'observation-gap' }),
        reason,
        duration: to_monotonic_ns - from_monotonic_ns,
      },
      churntop: {
        epistemic_status: 'DECLARED',
        monotonic_ns: to_monotonic_ns,
        gap: { reason, tasks, events },
      },
    });
  }

  #note({ text, monotonic_ns }: NoteRecord): string {
    return this.#document(monotonic_ns, {
      message: printable(text),
      event: eventFields({ type: 'info', action: 'note' }),
      churntop: { epistemic_status: 'DECLARED', monotonic_ns, note: text },
    });
  }

  #alert(record: AlertRecord): string {
    const { probe_source: _, ended, monotonic_ns, ...alert } = record;
    return this.#document(monotonic_ns, {
      message: printable(formatAlert(record)),
      event: {
        ...eventFields({ type: 'info', action: ended ? 'alert-ended' : 'alert-raised' }),
        kind: 'alert',
      },
      churntop: {
        epistemic_status: 'DECLARED',
        monotonic_ns,
        alert,
      },
    });
  }

  #document(atNs: bigint, fields: object): string {
    const timestamp = this.#clock.toRfc3339(atNs);
    if (timestamp === undefined) {
      this.#skippedRecords++;
      return '';
    }
    return `${toJson({ '@timestamp': timestamp, ecs, ...fields, host: this.#host })}\n`;
  }
}

export const ecsExport: CreateExporter = () => new EcsExporter();
