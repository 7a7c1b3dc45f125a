import type { TraceFile } from './trace-file.ts';

/** What a trace lacks, each file once: damaged parts, and files that were cut short since they were opened. */
export class Lost {
  readonly #why = new Map<string, string>();
  #say: (text: string) => void = () => {};

  constructor(files: readonly TraceFile[]) {
    for (const { name, lost } of files) if (lost !== undefined) this.#why.set(name, lost);
  }

  /** Anything at all. */
  get some(): boolean {
    return this.#why.size > 0;
  }

  /** Hear of it from now on, and of what is known by now. */
  tell(say: (text: string) => void): void {
    this.#say = say;
    const all = [...this.#why].map(([name, why]) => `${why}: ${name}`);
    if (all.length > 0) say(all.join('; '));
  }

  readonly short = (name: string): void => {
    if (this.#why.has(name)) return;
    this.#why.set(name, 'cut short while viewed');
    this.tell(this.#say);
  };
}
