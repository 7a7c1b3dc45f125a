import { join } from 'node:path';
import type { Batch } from '../../domain/events/event.ts';
import type { EnrichedKeys } from '../../domain/events/recorded-fields.ts';
import type { EventSource, SourceListener } from '../../domain/source/event-source.ts';
import { type ClockOffsets, withOffsets } from '../../domain/source/wall-clock.ts';
import { initialRecords } from '../../domain/stats/filtered-stats.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { focusedGuestOf } from '../../store/status-row.ts';
import { newRecorderId, TraceComposer } from '../../trace/format/composer.ts';
import { RecordError } from '../../trace/record/errors.ts';
import { TraceFile } from '../../trace/record/trace-file.ts';
import { dumpFileNames } from '../../trace/write/dump.ts';
import { formatBytes } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { CliError, describeError } from '../support/errors.ts';
import { tool } from '../support/version.ts';

export type GuestRecordingOptions = {
  directory: string;
  recorded: EnrichedKeys | undefined;
  /** Returns what is on screen. */
  snapshot: () => Snapshot;
};

type Running = { file: TraceFile; composer: TraceComposer; info: Snapshot['info'] };

/**
 * Records the guest on screen from the records that the screen receives, for the key `R`. The recording ends when another
 * guest or all guests are on screen, because only the records of that guest arrive.
 */
export class GuestRecording {
  readonly #directory: string;
  readonly #recorded: EnrichedKeys | undefined;
  readonly #snapshot: () => Snapshot;
  #running: Running | undefined;
  /** Called when the badge may have changed. */
  onChange: () => void = () => {};
  /** Called when the recording ended by itself, with a message. */
  onEnd: (text: string, failed: boolean) => void = () => {};

  /** `recorded` are the additional fields that are written. Undefined: those that the records have. */
  constructor({ directory, recorded, snapshot }: GuestRecordingOptions) {
    this.#directory = directory;
    this.#recorded = recorded;
    this.#snapshot = snapshot;
  }

  get badge(): string | undefined {
    return this.#running && `REC ${formatBytes(this.#running.file.size)}`;
  }

  /** Stops the recording, or starts one. Returns a message. @throws CliError, RecordError */
  toggle(): string {
    return this.stop() ?? this.#start();
  }

  /** Stops the recording. Returns a message; undefined without a recording. */
  stop(): string | undefined {
    const running = this.#running;
    if (!running) return undefined;
    const { file, composer } = running;
    const failure = this.#write(composer.end(this.#snapshot().system.nowNs));
    if (failure !== undefined) return failure;
    this.#close(running);
    return `${formatBytes(file.size)} recorded to ${printable(file.path)}`;
  }

  /** Returns the source, with this recording as a second receiver of its records. */
  observe(source: EventSource): EventSource {
    const withRecording = (listener: SourceListener): SourceListener => ({
      ...listener,
      onBatch: (batch) => {
        this.#record(batch);
        listener.onBatch(batch);
      },
      onClock: (offsets) => {
        this.#setClock(offsets);
        listener.onClock?.(offsets);
      },
      onSystemState: (state, info) => {
        const text = this.stop();
        if (text !== undefined) this.onEnd(text, false);
        listener.onSystemState?.(state, info);
      },
    });
    return {
      get info() {
        return source.info;
      },
      start: (listener) => source.start(withRecording(listener)),
      stop: () => source.stop(),
      ...(source.fleet && { fleet: source.fleet }),
    };
  }

  #start(): string {
    const snapshot = this.#snapshot();
    const { info, system, fleet, view } = snapshot;
    const guest = focusedGuestOf(snapshot);
    if (!guest) throw new CliError('a recording has the records of one guest: select it in hosts (0)');
    if (guest.pulsesOnly)
      throw new CliError(`${guest.id} sends counters only, so that there is nothing to record`);
    if (guest.state === 'ended')
      throw new CliError(`${guest.id} has ended, so that there is nothing to record`);
    // The processes on screen are those of the pause, and the records since then would be missing.
    if (view.paused)
      throw new CliError('a recording begins with the processes on screen: resume the view first');
    const file = this.#openFile(guest.id);
    const mode = fleet?.detailsOf(guest.id)?.captureMode;
    const composer = new TraceComposer({
      info,
      tool,
      mode,
      recorder: newRecorderId(),
      recorded: this.#recorded,
      wallOffsetNs: () => (this.#running?.info ?? info).wallOffsetNs,
    });
    this.#running = { file, info, composer };
    const first = composer.begin(system.nowNs) + composer.compose(initialRecords(system), system.nowNs);
    const failure = this.#write(first);
    if (failure !== undefined) throw new CliError(failure);
    this.onChange();
    return `recording ${guest.id} to ${printable(file.path)}`;
  }

  /** Opens the first file that does not exist. @throws RecordError */
  #openFile(host: string): TraceFile {
    let existsError: unknown;
    for (const name of dumpFileNames(host, BigInt(Date.now()) * 1_000_000n)) {
      try {
        return TraceFile.open(join(this.#directory, name), 'new', 0n);
      } catch (error) {
        if (!(error instanceof RecordError) || error.details.reason !== 'exists') throw error;
        existsError = error;
      }
    }
    throw existsError;
  }

  #record({ records, nowNs }: Batch): void {
    if (!this.#running) return;
    const text = this.#running.composer.compose(records, nowNs);
    if (text === '') return;
    const failure = this.#write(text);
    if (failure === undefined) this.onChange();
    else this.onEnd(failure, true);
  }

  #setClock(offsets: ClockOffsets): void {
    if (!this.#running) return;
    this.#running.info = withOffsets(this.#running.info, offsets);
    this.#running.composer.setBootOffset(offsets.bootOffsetNs);
  }

  /** Writes whole lines. After an error the recording is over; returns the message then. The file has the lines before. */
  #write(text: string): string | undefined {
    const running = this.#running as Running;
    const { error } = running.file.append(Buffer.from(text));
    if (error === undefined) return undefined;
    this.#close(running);
    return `recording to ${printable(running.file.path)} ended: ${describeError(error)}`;
  }

  #close({ file }: Running): void {
    file.close();
    this.#running = undefined;
    this.onChange();
  }
}
