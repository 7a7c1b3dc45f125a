import { alertText } from '../../domain/alerts/format.ts';
import { type AsideRecord, isProbeEvent, type ProbeEvent } from '../../domain/events/event.ts';
import { isAside, timeOf } from '../../domain/events/record.ts';
import { printable } from '../../util/text.ts';
import { json, jsonText } from '../format/json.ts';
import type { TraceBatch } from '../read/batches.ts';
import type { Passes } from '../read/trace-filter.ts';
import { WallClock } from '../read/wall-clock.ts';
import type { Exporter, ExportOptions, MakeExporter } from './exporter.ts';
import { KnownProcesses } from './process-context.ts';

/** Records in one request; a collector takes 4 MB at most by default. */
const perRequest = 512;

type Value = string | number | bigint | readonly string[];

/** Protobuf's JSON writes 64-bit integers as decimal strings. */
const anyValue = (value: Value): string => {
  if (typeof value === 'string') return `{"stringValue":${jsonText(value)}}`;
  if (typeof value === 'object') return `{"arrayValue":{"values":[${value.map(anyValue).join(',')}]}}`;
  return `{"intValue":"${value}"}`;
};

type Values = Readonly<Record<string, Value | undefined>>;

const attributes = (values: Values): string => {
  let text = '';
  for (const key in values) {
    const value = values[key];
    if (value !== undefined) text += `${text === '' ? '' : ','}{"key":"${key}","value":${anyValue(value)}}`;
  }
  return `[${text}]`;
};

const severities = {
  info: '"severityNumber":9,"severityText":"INFO"',
  warn: '"severityNumber":13,"severityText":"WARN"',
};

const verbs: Readonly<Record<ProbeEvent['probe_source'], string>> = {
  'process.spawned': 'spawned',
  'process.exec': 'became',
  'process.zombie': 'ended, not reaped',
  'process.exited': 'exited',
};

type Said = { severity: keyof typeof severities; body: string; values: Values };

const saidOf = (aside: AsideRecord): Said => {
  switch (aside.probe_source) {
    case 'trace.gap': {
      const { reason, tasks, events, from_monotonic_ns, to_monotonic_ns } = aside;
      const values = {
        'churntop.gap.reason': reason,
        'churntop.gap.tasks': tasks,
        'churntop.gap.events': events,
        'churntop.gap.duration_ns': to_monotonic_ns - from_monotonic_ns,
      };
      return { severity: 'warn', body: `gap: ${reason}`, values };
    }
    case 'trace.note':
      return { severity: 'info', body: aside.text, values: {} };
    case 'trace.alert': {
      const { rule, key, value, ended, since_monotonic_ns } = aside;
      const values = {
        'churntop.alert.rule': rule,
        'churntop.alert.key': key,
        'churntop.alert.value': value,
        'churntop.alert.since_ns': since_monotonic_ns,
      };
      return { severity: ended ? 'info' : 'warn', body: alertText(aside), values };
    }
    default:
      return aside satisfies never;
  }
};

/** OTLP/JSON: one ExportLogsServiceRequest a line, attributes by the semantic conventions for processes and hosts. */
class OtlpExporter implements Exporter {
  readonly left = 0;
  readonly #options: ExportOptions;
  readonly #clock = new WallClock();
  readonly #known = new KnownProcesses();
  #header: TraceBatch['header'];
  #records: string[] = [];

  constructor(options: ExportOptions) {
    this.#options = options;
  }

  begin(): string {
    return '';
  }

  batch({ header, fresh, records }: TraceBatch, passes: Passes): string {
    let out = '';
    if (header !== this.#header) {
      out += this.#request();
      this.#header = header;
    }
    if (fresh) this.#known.forget();
    for (const record of records) {
      this.#clock.see(record);
      const line = isProbeEvent(record)
        ? this.#probe(record, passes)
        : isAside(record)
          ? this.#aside(record)
          : undefined;
      if (line === undefined) continue;
      this.#records.push(line);
      if (this.#records.length >= perRequest) out += this.#request();
    }
    return out;
  }

  end(): string {
    return this.#request();
  }

  #probe(event: ProbeEvent, passes: Passes): string | undefined {
    const known = this.#known.see(event);
    if (!passes(event)) return undefined;
    const { probe_source, guest_pid, guest_comm, guest_monotonic_ns } = event;
    const born = known.bornNs === undefined ? undefined : this.#clock.textAt(known.bornNs);
    const ended = probe_source === 'process.exited';
    return this.#record(
      guest_monotonic_ns,
      'info',
      probe_source,
      `${printable(guest_comm)}[${guest_pid}] ${verbs[probe_source]}`,
      {
        'process.pid': guest_pid,
        'process.parent_pid': ('guest_ppid' in event ? event.guest_ppid : undefined) ?? known.ppid,
        'process.executable.name': guest_comm,
        'process.command_args': 'args' in event ? event.args : undefined,
        'process.linux.cgroup': 'cgroup' in event ? event.cgroup : undefined,
        'process.user.id': ('guest_uid' in event ? event.guest_uid : undefined) ?? known.uid,
        'process.creation.time': born,
        'process.exit.time': ended ? this.#clock.textAt(guest_monotonic_ns) : undefined,
        'process.exit.code': 'exit_code' in event ? event.exit_code : undefined,
        'epistemic.status': 'DECLARED',
        'churntop.monotonic_ns': guest_monotonic_ns,
        'churntop.window_ns': event.window_ns,
        'churntop.start_ticks': event.start_ticks,
        'churntop.comm_hex': event.comm_hex,
        'churntop.initial': 'initial' in event ? 'true' : undefined,
        'churntop.args_cut': 'args_cut' in event ? 'true' : undefined,
        'churntop.previous_comm': 'previous_comm' in event ? event.previous_comm : undefined,
        'churntop.lifetime_ns': ended ? event.lifetime_ns : undefined,
        'churntop.exit_signal': 'exit_signal' in event ? event.exit_signal : undefined,
      },
    );
  }

  #aside(aside: AsideRecord): string {
    const { severity, body, values } = saidOf(aside);
    const all = { 'epistemic.status': 'DECLARED', ...values };
    return this.#record(timeOf(aside), severity, aside.probe_source, printable(body), all);
  }

  #record(
    atNs: bigint,
    severity: keyof typeof severities,
    eventName: string,
    body: string,
    values: Values,
  ): string {
    // 0 is the format's own word for: not known.
    const time = this.#clock.at(atNs) ?? 0n;
    return (
      `{"timeUnixNano":"${time}","observedTimeUnixNano":"${time}",${severities[severity]},` +
      `"eventName":"${eventName}","body":{"stringValue":${jsonText(body)}},"attributes":${attributes(values)}}`
    );
  }

  #request(): string {
    if (this.#records.length === 0) return '';
    const header = this.#header;
    const [name = '', version = ''] = this.#options.tool.split(' ');
    const resource = attributes({
      'service.name': name,
      'service.version': version,
      'os.type': 'linux',
      'host.name': header?.host,
      'churntop.boot_id': header?.boot_id,
      'churntop.pid_ns': header?.pid_ns,
    });
    const scope = json({ name, version });
    const records = this.#records.join(',');
    this.#records = [];
    return `{"resourceLogs":[{"resource":{"attributes":${resource}},"scopeLogs":[{"scope":${scope},"logRecords":[${records}]}]}]}\n`;
  }
}

export const otlp: MakeExporter = (options) => new OtlpExporter(options);
