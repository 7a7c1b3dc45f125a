import { ProcError } from '../../proc/errors.ts';
import { type LoadavgCounters, parseLoadavg } from '../../proc/loadavg.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { ErrorTracker } from '../core/error-tracker.ts';

/** The kernel's default, on machines with up to 32 CPUs. */
const defaultPidMax = 32768;

/** Reads the PID counter and the task count from an open loadavg file. Errors are tracked; the sampler then walks. */
export class CounterReader {
  readonly #proc: ProcReader;
  readonly #errors: ErrorTracker;
  readonly #loadavg: number;
  readonly #current: LoadavgCounters = { pid: 0, tasks: 0 };
  #pidMax = 0;

  /** @throws ProcError when loadavg cannot be opened. */
  constructor(proc: ProcReader, errors: ErrorTracker) {
    this.#proc = proc;
    this.#errors = errors;
    this.#loadavg = proc.openFile('loadavg');
  }

  /** The numbers as last read, changed in place. */
  get current(): Readonly<LoadavgCounters> {
    return this.#current;
  }

  get pidMax(): number {
    return this.#pidMax;
  }

  /** Updates `current`. @returns false when loadavg cannot be read. */
  read(): boolean {
    try {
      if (parseLoadavg(this.#proc.buffer, this.#proc.readInto(this.#loadavg), this.#current)) {
        this.#errors.clear('loadavg');
        return true;
      }
      this.#errors.set('loadavg', 'no last PID in loadavg');
    } catch (error) {
      if (!(error instanceof ProcError)) throw error;
      this.#errors.set('loadavg', `${error.message} (loadavg, ${error.code})`);
    }
    return false;
  }

  /** Updates `pidMax`, which can change at any time. It only matters when the PID counter wraps. */
  readPidMax(): void {
    try {
      this.#pidMax = Number(this.#proc.readText('sys/kernel/pid_max'));
    } catch (error) {
      if (!(error instanceof ProcError)) throw error;
      // Keep the last value, or use the default, unless a larger PID was seen.
      if (this.#pidMax === 0) this.#pidMax = Math.max(defaultPidMax, this.#current.pid + 1);
    }
  }

  close(): void {
    this.#proc.close(this.#loadavg);
  }
}
