import { alertText } from '../../domain/alerts/format.ts';
import {
  type AlertRecord,
  type GapRecord,
  isProbeEvent,
  type NoteRecord,
  type ProbeEvent,
} from '../../domain/events/event.ts';
import type { HeaderRecord } from '../../domain/events/record.ts';
import { printable } from '../../util/text.ts';
import { Json, json } from '../format/json.ts';
import type { TraceBatch } from '../read/batches.ts';
import type { Passes } from '../read/trace-filter.ts';
import { WallClock } from '../read/wall-clock.ts';
import type { Exporter, MakeExporter } from './exporter.ts';
import { KnownProcesses } from './process-context.ts';

const ecs = new Json({ version: '9.4.0' });
const processCategory = new Json(['process']);

/** `event.type` and `event.action` of each record; the types are those that ECS expects in the category process. */
const meanings: Readonly<Record<ProbeEvent['probe_source'], { type: string; action: string }>> = {
  'process.spawned': { type: 'start', action: 'process-spawned' },
  'process.exec': { type: 'change', action: 'process-exec' },
  'process.zombie': { type: 'info', action: 'process-zombie' },
  'process.exited': { type: 'end', action: 'process-exited' },
};
const found = { type: 'info', action: 'process-found' };

const event = ({ type, action }: { type: string; action: string }) => ({
  kind: 'event',
  category: processCategory,
  type: [type],
  action,
  module: 'churntop',
  dataset: 'churntop.process',
});

const hostOf = ({ host, boot_id, pid_ns }: HeaderRecord): Json =>
  new Json({
    name: host,
    hostname: host,
    boot: { id: boot_id },
    pid_ns_ino: /\d+/.exec(pid_ns)?.[0],
    os: { type: 'linux' },
  });

/** Elastic Common Schema, one document a line. A record without a wall time is no ECS event: it is left and counted. */
class EcsExporter implements Exporter {
  readonly #clock = new WallClock();
  readonly #known = new KnownProcesses();
  #header: TraceBatch['header'];
  #host: Json | undefined;
  #left = 0;

  get left(): number {
    return this.#left;
  }

  begin(): string {
    return '';
  }

  batch({ header, fresh, records }: TraceBatch, passes: Passes): string {
    if (fresh) this.#known.forget();
    if (header !== this.#header) this.#host = header && hostOf(header);
    this.#header = header;
    let out = '';
    for (const record of records) {
      this.#clock.see(record);
      if (isProbeEvent(record)) out += this.#probe(record, passes);
      else if (record.probe_source === 'trace.gap') out += this.#gap(record);
      else if (record.probe_source === 'trace.note') out += this.#note(record);
      else if (record.probe_source === 'trace.alert') out += this.#alert(record);
    }
    return out;
  }

  end(): string {
    return '';
  }

  #probe(record: ProbeEvent, passes: Passes): string {
    const known = this.#known.see(record);
    if (!passes(record)) return '';
    const { probe_source, guest_pid, guest_comm, guest_monotonic_ns, start_ticks } = record;
    const meaning = 'initial' in record ? found : meanings[probe_source];
    const ppid = ('guest_ppid' in record ? record.guest_ppid : undefined) ?? known.ppid;
    const uid = ('guest_uid' in record ? record.guest_uid : undefined) ?? known.uid;
    const args = 'args' in record ? record.args : undefined;
    const born = known.bornNs === undefined ? undefined : this.#clock.textAt(known.bornNs);
    const ended = probe_source === 'process.exited';
    const lifetime = ended ? record.lifetime_ns : undefined;
    const user = uid === undefined ? undefined : { id: String(uid) };
    return this.#document(guest_monotonic_ns, {
      message: `${printable(guest_comm)}[${guest_pid}] ${meaning.action}`,
      event: { ...event(meaning), duration: lifetime },
      process: {
        pid: guest_pid,
        name: guest_comm,
        entity_id:
          start_ticks === undefined
            ? undefined
            : `${this.#header?.boot_id ?? 'unknown'}/${guest_pid}/${start_ticks}`,
        parent: ppid === undefined ? undefined : { pid: ppid, name: known.parentComm },
        user,
        start: born,
        end: ended ? this.#clock.textAt(guest_monotonic_ns) : undefined,
        args,
        args_count: 'args_cut' in record ? undefined : args?.length,
        exit_code: 'exit_code' in record ? record.exit_code : undefined,
      },
      user,
      churntop: {
        epistemic_status: 'DECLARED',
        monotonic_ns: guest_monotonic_ns,
        window_ns: record.window_ns,
        comm_hex: record.comm_hex,
        cgroup: 'cgroup' in record ? record.cgroup : undefined,
        previous_comm: 'previous_comm' in record ? record.previous_comm : undefined,
        args_cut: 'args_cut' in record ? record.args_cut : undefined,
        exit_signal: 'exit_signal' in record ? record.exit_signal : undefined,
      },
    });
  }

  #gap({ reason, tasks, events, from_monotonic_ns, to_monotonic_ns }: GapRecord): string {
    return this.#document(to_monotonic_ns, {
      message: `gap: ${reason}`,
      event: {
        ...event({ type: 'info', action: 'observation-gap' }),
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
      event: event({ type: 'info', action: 'note' }),
      churntop: { epistemic_status: 'DECLARED', monotonic_ns, note: text },
    });
  }

  #alert(record: AlertRecord): string {
    const { rule, key, value, ended, since_monotonic_ns, monotonic_ns } = record;
    return this.#document(monotonic_ns, {
      message: printable(alertText(record)),
      event: { ...event({ type: 'info', action: ended ? 'alert-ended' : 'alert-raised' }), kind: 'alert' },
      churntop: {
        epistemic_status: 'DECLARED',
        monotonic_ns,
        alert: { rule, key, value, since_monotonic_ns },
      },
    });
  }

  #document(atNs: bigint, rest: object): string {
    const at = this.#clock.textAt(atNs);
    if (at === undefined) {
      this.#left++;
      return '';
    }
    return `${json({ '@timestamp': at, ecs, ...rest, host: this.#host })}\n`;
  }
}

export const ecsExport: MakeExporter = () => new EcsExporter();
