/** The terminal bell for alerts. */
export class AlertBell {
  readonly #write: (text: string) => void;
  #seen = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Rings once if alerts were raised since the last call. */
  update({ activeAlerts: { raisedTotal } }: { activeAlerts: { raisedTotal: number } }): void {
    if (raisedTotal > this.#seen) this.#write('\x07');
    // A paused view reads a copy, which counts from zero.
    this.#seen = Math.max(this.#seen, raisedTotal);
  }
}
