import type { Diagnostic } from '../format/errors.ts';

const maxRetained = 10;

/** Counts diagnostics and retains the first 10. */
export class Diagnostics {
  readonly first: Diagnostic[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  readonly add = (diagnostic: Diagnostic): void => {
    this.#count++;
    if (this.first.length < maxRetained) this.first.push(diagnostic);
  };
}
