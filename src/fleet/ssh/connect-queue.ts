/** Limits how many connections are made at once: sshd drops some of more than ten unauthenticated ones. */
export class ConnectQueue {
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #active = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Calls `connect` when it is its turn. It must call the function that it receives once it is connected or has failed. */
  add(connect: (done: () => void) => void): void {
    this.#waiting.push(() => {
      let isDone = false;
      connect(() => {
        if (isDone) return;
        isDone = true;
        this.#active--;
        this.#startNext();
      });
    });
    this.#startNext();
  }

  /** Forgets the connections that have not begun. */
  clear(): void {
    this.#waiting.length = 0;
  }

  #startNext(): void {
    while (this.#active < this.#max) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#active++;
      next();
    }
  }
}
