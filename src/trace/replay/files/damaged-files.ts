import type { ReplayFile } from './replay-file.ts';

/** The files of a trace that are incomplete: damaged when opened, or truncated afterwards. */
export class DamagedFiles {
  readonly #reasons = new Map<string, string>();
  #listener: (text: string) => void = () => {};

  constructor(files: readonly ReplayFile[]) {
    for (const { name, damage } of files) if (damage !== undefined) this.#reasons.set(name, damage);
  }

  /** Whether any file is incomplete. */
  get any(): boolean {
    return this.#reasons.size > 0;
  }

  /** Sets the listener, which receives a text about all incomplete files, now and after each change. */
  subscribe(listener: (text: string) => void): void {
    this.#listener = listener;
    this.report();
  }

  /** Reports all incomplete files to the listener, after another notice has replaced the report. */
  report(): void {
    const reports = [...this.#reasons].map(([name, reason]) => `${reason}: ${name}`);
    if (reports.length > 0) this.#listener(reports.join('; '));
  }

  readonly addTruncated = (name: string): void => {
    if (this.#reasons.has(name)) return;
    this.#reasons.set(name, 'truncated while viewed');
    this.report();
  };
}
