/** Prints why records are not published, and that they are again. */
export class OutageMessages {
  readonly #print: (message: string) => void;
  /** The problems of the current outage that were printed. */
  readonly #printed = new Set<string>();
  #problemMs = 0;

  constructor(print: (message: string) => void) {
    this.#print = print;
  }

  /**
   * Receives the current problem, if any. Each problem of an outage is printed once. The outage ends with an acknowledgement
   * (`acknowledgedMs`) after the last problem, because a server can be reached and store nothing. Times are monotonic, ms.
   */
  update(problem: string | undefined, nowMs: number, acknowledgedMs: number | undefined): void {
    if (problem !== undefined) {
      this.#problemMs = nowMs;
      if (!this.#printed.has(problem)) this.#print(problem);
      this.#printed.add(problem);
    } else if (this.#printed.size > 0 && acknowledgedMs !== undefined && acknowledgedMs > this.#problemMs) {
      this.#printed.clear();
      this.#print('publishing again');
    }
  }
}
