import { formatAlert } from '../../domain/alerts/format.ts';
import { placeOf } from '../../domain/cgroups/place.ts';
import { nameText } from '../../domain/commands/command-text.ts';
import {
  type AnnotationRecord,
  type ChurnRecord,
  isProbeEvent,
  type LoggedEvent,
} from '../../domain/events/event.ts';
import { isAnnotation, recordTimeNs } from '../../domain/events/record.ts';
import { printable } from '../../util/printable.ts';
import { jsonString, toJson } from '../format/json.ts';
import type { TraceBatch } from '../read/batches.ts';
import type { RecordPredicate } from '../read/trace-filter.ts';
import { WallClock } from '../read/wall-clock.ts';
import type { CreateExporter, Exporter, ExporterOptions } from './exporter.ts';
import { ProcessContexts } from './process-context.ts';

/** Maximum number of records of one request. */
const maxRecordsPerRequest = 512;
/**
 * Maximum number of bytes of one request, with its newline. A collector reads lines of up to 1 MiB from files, and HTTP
 * requests of up to 4 MB. Each text of a record has at most 4,096 characters, so a record always fits.
 */
const maxRequestBytes = 1 << 20;

type AttributeValue = string | number | bigint | readonly string[];

/** Encodes an attribute value. In Protobuf's JSON mapping, 64-bit integers are decimal strings. */
const anyValue = (value: AttributeValue): string => {
  if (typeof value === 'string') return `{"stringValue":${jsonString(value)}}`;
  if (typeof value === 'object') return `{"arrayValue":{"values":[${value.map(anyValue).join(',')}]}}`;
  return `{"intValue":"${value}"}`;
};

type AttributeValues = Readonly<Record<string, AttributeValue | undefined>>;

const attributes = (values: AttributeValues): string => {
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

const eventTexts: Readonly<Record<LoggedEvent['probe_source'], string>> = {
  'process.spawned': 'spawned',
  'process.exec': 'exec',
  'process.user': 'user',
  'process.zombie': 'zombie',
  'process.exited': 'exited',
};

type LogContent = { severity: keyof typeof severities; body: string; values: AttributeValues };

const logContentOf = (annotation: AnnotationRecord): LogContent => {
  switch (annotation.probe_source) {
    case 'trace.gap': {
      const { reason, tasks, events, from_monotonic_ns, to_monotonic_ns } = annotation;
      const values = {
        'churntop.gap.reason': reason,
        'churntop.gap.tasks': tasks,
        'churntop.gap.events': events,
        'churntop.gap.duration_ns': to_monotonic_ns - from_monotonic_ns,
      };
      return { severity: 'warn', body: `gap: ${reason}`, values };
    }
    case 'trace.note':
      return { severity: 'info', body: annotation.text, values: {} };
    case 'trace.alert': {
      const { rule, key, value, ended, since_monotonic_ns } = annotation;
      const { comm, parent, period_ns, first_period_ns, exit_code, exit_signal } = annotation;
      const values = {
        'churntop.alert.rule': rule,
        'churntop.alert.key': key,
        'churntop.alert.value': value,
        'churntop.alert.comm': comm,
        'churntop.alert.parent': parent,
        'churntop.alert.period_ns': period_ns,
        'churntop.alert.first_period_ns': first_period_ns,
        'churntop.alert.exit_code': exit_code,
        'churntop.alert.exit_signal': exit_signal,
        'churntop.alert.since_ns': since_monotonic_ns,
      };
      return { severity: ended ? 'info' : 'warn', body: formatAlert(annotation), values };
    }
    default:
      return annotation satisfies never;
  }
};

/** Returns the container, pod, unit and slice of a process. There are no conventions for systemd. */
const placeAttributes = (cgroup: string | undefined): AttributeValues => {
  if (cgroup === undefined) return {};
  const { containers, pod, unit, slice } = placeOf(cgroup);
  const [container] = containers;
  return {
    'container.id': container?.id,
    'container.name': container?.name,
    'container.runtime.name': container?.engine,
    'k8s.pod.uid': pod?.qos && pod.uid,
    'churntop.unit': unit,
    'churntop.slice': slice,
  };
};

/** Exports to OTLP/JSON: one ExportLogsServiceRequest per line, with the semantic conventions for processes and hosts. */
class OtlpExporter implements Exporter {
  readonly skippedRecords = 0;
  readonly #options: ExporterOptions;
  readonly #clock = new WallClock();
  readonly #contexts = new ProcessContexts();
  #header: TraceBatch['header'];
  #records: string[] = [];
  #recordBytes = 0;
  #envelopeBytes = 0;

  constructor(options: ExporterOptions) {
    this.#options = options;
  }

  begin(): string {
    return '';
  }

  convert({ header, isNewRecorder, records }: TraceBatch, matches: RecordPredicate): string {
    let out = '';
    if (header !== this.#header) {
      out += this.#request();
      this.#header = header;
    }
    if (isNewRecorder) this.#contexts.reset();
    for (const record of records) {
      this.#clock.update(record);
      if (record.probe_source === 'process.children') continue;
      let line = isAnnotation(record) ? this.#annotation(record) : undefined;
      if (isProbeEvent(record)) line = this.#probe(record, matches);
      if (line === undefined) continue;
      // One more byte for the comma.
      const bytes = Buffer.byteLength(line) + 1;
      const isFull = this.#records.length >= maxRecordsPerRequest;
      if (isFull || this.#requestBytes() + bytes > maxRequestBytes) out += this.#request();
      this.#records.push(line);
      this.#recordBytes += bytes;
    }
    return out;
  }

  end(): string {
    return this.#request();
  }

  #probe(event: LoggedEvent, matches: RecordPredicate): string | undefined {
    const context = this.#contexts.apply(event);
    if (!matches(event)) return undefined;
    const { probe_source, guest_pid, guest_comm, guest_monotonic_ns } = event;
    const creationTime =
      context.spawnedNs === undefined ? undefined : this.#clock.toRfc3339(context.spawnedNs);
    const isExit = probe_source === 'process.exited';
    return this.#record(event, {
      severity: 'info',
      body: `${printable(nameText(guest_comm))}[${guest_pid}] ${eventTexts[probe_source]}`,
      values: {
        'process.pid': guest_pid,
        'process.parent_pid': ('guest_ppid' in event ? event.guest_ppid : undefined) ?? context.ppid,
        'process.executable.name': guest_comm,
        'process.command_args': 'args' in event ? event.args : undefined,
        'process.linux.cgroup': 'cgroup' in event ? event.cgroup : undefined,
        ...placeAttributes(context.cgroup),
        'process.user.id': ('guest_uid' in event ? event.guest_uid : undefined) ?? context.uid,
        'process.creation.time': creationTime,
        'process.exit.time': isExit
          ? this.#clock.toRfc3339(guest_monotonic_ns - (event.zombie_ns ?? 0n))
          : undefined,
        'process.exit.code': 'exit_code' in event ? event.exit_code : undefined,
        'epistemic.status': 'DECLARED',
        'churntop.monotonic_ns': guest_monotonic_ns,
        'churntop.window_ns': event.window_ns,
        'churntop.start_ticks': event.start_ticks,
        'churntop.comm_hex': event.comm_hex,
        'churntop.initial': 'initial' in event ? 'true' : undefined,
        'churntop.args_cut': 'args_cut' in event ? 'true' : undefined,
        'churntop.previous_comm': 'previous_comm' in event ? event.previous_comm : undefined,
        'churntop.previous_uid': 'previous_uid' in event ? event.previous_uid : undefined,
        'churntop.args_nuls': 'args_nuls' in event ? event.args_nuls : undefined,
        'churntop.unread': 'unread' in event ? event.unread : undefined,
        'churntop.lifetime_ns': isExit ? event.lifetime_ns : undefined,
        'churntop.zombie_ns': isExit ? event.zombie_ns : undefined,
        'churntop.cpu_ns': 'cpu_ns' in event ? event.cpu_ns : undefined,
        'churntop.exit_signal': 'exit_signal' in event ? event.exit_signal : undefined,
        'churntop.core_dumped': 'core_dumped' in event ? 'true' : undefined,
      },
    });
  }

  #annotation(annotation: AnnotationRecord): string {
    const { severity, body, values } = logContentOf(annotation);
    return this.#record(annotation, {
      severity,
      body: printable(body),
      values: { 'epistemic.status': 'DECLARED', ...values },
    });
  }

  #record(record: ChurnRecord, { severity, body, values }: LogContent): string {
    // In OTLP, 0 means that the time is unknown.
    const time = this.#clock.toWallNs(recordTimeNs(record)) ?? 0n;
    return (
      `{"timeUnixNano":"${time}","observedTimeUnixNano":"${time}",${severities[severity]},` +
      `"eventName":"${record.probe_source}","body":{"stringValue":${jsonString(body)}},"attributes":${attributes(values)}}`
    );
  }

  /** Returns the length of the next request with the records so far, in bytes. */
  #requestBytes(): number {
    if (this.#records.length === 0) this.#envelopeBytes = Buffer.byteLength(this.#envelope(''));
    return this.#envelopeBytes + this.#recordBytes;
  }

  #request(): string {
    if (this.#records.length === 0) return '';
    const request = this.#envelope(this.#records.join(','));
    this.#records = [];
    this.#recordBytes = 0;
    return request;
  }

  #envelope(records: string): string {
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
    const scope = toJson({ name, version });
    return `{"resourceLogs":[{"resource":{"attributes":${resource}},"scopeLogs":[{"scope":${scope},"logRecords":[${records}]}]}]}\n`;
  }
}

export const otlp: CreateExporter = (options) => new OtlpExporter(options);
