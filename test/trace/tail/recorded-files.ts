import { readdirSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { Recording } from '../../../src/trace/record/recording.ts';
import { findRotatedFiles } from '../../../src/trace/record/rotation-rules.ts';
import { Rotator } from '../../../src/trace/record/rotator.ts';
import { TraceFile } from '../../../src/trace/record/trace-file.ts';
import { seconds, sourceInfo, spawned, walkStatus } from '../../support/fixtures/events.ts';

/** Real files of a real recording with a clock of its own, and what was written to them. */
export class RecordedFiles {
  readonly path: string;
  readonly directory: string;
  /** All lines that were written, by recorder and `seq`. */
  readonly written = new Map<string, string[]>();
  readonly #gzip: boolean;
  #rotator!: Rotator;
  #recording!: Recording;
  #recorder = '';
  #second = 0;
  #pid = 2;

  constructor(directory: string, gzip: boolean) {
    this.directory = directory;
    this.path = join(directory, 'trace.ndjson');
    this.#gzip = gzip;
    this.#start();
  }

  get recorder(): string {
    return this.#recorder;
  }

  get lastSeq(): number {
    return (this.written.get(this.#recorder) as string[]).length - 1;
  }

  /** Starts another recorder that appends, as after a kill. */
  async restart(): Promise<void> {
    await this.close();
    this.#start();
  }

  #start(): void {
    this.#recorder = `r${this.written.size}`;
    const lines: string[] = [];
    this.written.set(this.#recorder, lines);
    const rotation = { maxBytes: 1200, gzip: this.#gzip };
    this.#rotator = new Rotator(this.path, rotation, (error) => {
      throw error;
    });
    this.#recording = new Recording(
      {
        path: this.path,
        info: sourceInfo,
        tool: 'churntop test',
        recorder: this.#recorder,
        append: true,
        fsyncNs: undefined,
        rotation,
        filter: matchAll,
        userName: String,
        wallOffsetNs: () => sourceInfo.wallOffsetNs,
        rotator: this.#rotator,
        open: (mode, nowNs) => {
          const file = TraceFile.open(this.path, mode, nowNs);
          const append = file.append.bind(file);
          file.append = (bytes) => {
            lines.push(
              ...Buffer.from(bytes)
                .toString()
                .split(/(?<=\n)/),
            );
            return append(bytes);
          };
          return file;
        },
      },
      seconds(this.#second),
    );
    this.#recording.onStatus(walkStatus, seconds(this.#second));
    const init = { ...spawned(1, 'init', 0), initial: true as const };
    this.#recording.onBatch({ nowNs: seconds(this.#second), records: [init] });
  }

  write(count: number): void {
    const records = Array.from({ length: count }, () => spawned(this.#pid++, 'a"seq":9', this.#second));
    this.#recording.onBatch({ nowNs: seconds(this.#second), records });
  }

  /** Lets two seconds pass, in which the recorder rotates a large file and notices changes of the path. */
  tick(): void {
    for (let each = 0; each < 2; each++) this.#recording.tick(seconds(++this.#second));
  }

  /** Waits until rotated files are compressed. */
  async compressed(): Promise<void> {
    while (this.#gzip && this.#rotated().some(({ gzipped }) => !gzipped))
      await new Promise((resolve) => setImmediate(resolve));
  }

  end(): void {
    this.#recording.end(seconds(++this.#second));
  }

  async close(): Promise<void> {
    await this.#rotator.close();
  }

  move(): void {
    renameSync(this.path, join(this.directory, 'elsewhere.ndjson'));
    this.tick();
  }

  delete(): void {
    rmSync(this.path);
    this.tick();
  }

  truncate(): void {
    truncateSync(this.path);
    this.tick();
  }

  /** Deletes the oldest rotated files. */
  prune(count: number): void {
    for (const { name } of this.#rotated().slice(0, count)) rmSync(join(this.directory, name));
  }

  #rotated() {
    return findRotatedFiles(this.path, readdirSync(this.directory));
  }
}
