import type { ReplayFile } from './trace-file.ts';

/** What a trace lacks, each file once: damaged parts, and files that were cut short since they were opened. */
export class DamagedFiles {
  readonly #reasons = new Map<string, string>();
  #listener: (text: string) => void = () => {};

  constructor(files: readonly ReplayFile[]) {
    for (const { name, damage } of files) if (damage !== undefined) this.#reasons.set(name, damage);
  }

  /** Anything at all. */
  get any(): boolean {
    return this.#reasons.size > 0;
  }

  /** Hear of it from now on, and of what is known by now. */
  subscribe(listener: (text: string) => void): void {
    this.#listener = listener;
    const reports = [...this.#reasons].map(([name, why]) => `${why}: ${name}`);
    if (reports.length > 0) listener(reports.join('; '));
  }

  readonly addTruncated = (name: string): void => {
    if (this.#reasons.has(name)) return;
    this.#reasons.set(name, 'cut short while viewed');
    this.subscribe(this.#listener);
  };
}
