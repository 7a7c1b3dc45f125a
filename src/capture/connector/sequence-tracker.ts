/** The sequence numbers of one CPU. */
type CpuSequence = { first: number; last: number };

/** From this span on, the first number is too far away for a comparison of numbers that wrap around at 2^32. */
const maxComparableSpan = 2 ** 31;

/**
 * Counts the messages that are missing between those that were received. The kernel numbers the messages of each CPU
 * one after the other. Messages may arrive in any order.
 */
export class SequenceTracker {
  readonly #cpus = new Map<number, CpuSequence & { span: number }>();
  #missing = 0;

  /** Records a message that was received. */
  record(cpu: number, sequence: number): void {
    const known = this.#cpus.get(cpu);
    if (!known) {
      this.#cpus.set(cpu, { first: sequence, last: sequence, span: 1 });
      return;
    }
    const added = this.#extend(known, sequence);
    known.span += added;
    // The span grew by all numbers up to the received one, or the received one was missing inside it.
    this.#missing += added - 1;
  }

  /** Returns how many sequence numbers between the first and the last received one of each CPU are missing. */
  missing(): number {
    return this.#missing;
  }

  /** Returns by how many numbers the span of the CPU grows; 0 if it contains the number already. */
  #extend(known: CpuSequence & { span: number }, sequence: number): number {
    // `| 0` makes the difference signed, so that it is right across the wrap.
    const ahead = (sequence - known.last) | 0;
    if (ahead > 0) {
      known.last = sequence;
      return ahead;
    }
    const before = (known.first - sequence) | 0;
    if (before <= 0 || known.span >= maxComparableSpan) return 0;
    known.first = sequence;
    return before;
  }
}
