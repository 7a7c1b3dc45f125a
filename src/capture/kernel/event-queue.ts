import type { KernelEvent } from './kernel-event.ts';

/** A subscription to process events of the kernel. */
export type EventQueue = {
  /** Waits until an event is queued, for at most `ms`. Returns early after a signal. @throws ConnectorError */
  wait(ms: number): void;
  /**
   * Removes and returns queued events, in order: all of them, or some 8,000 if there are more. An empty array means that
   * the queue is empty. @throws ConnectorError when the subscription has ended
   */
  drain(): readonly KernelEvent[];
  /** Returns how many events were lost since the start because the queue was full. It reads a counter of the kernel. */
  lostEvents(): number;
  /**
   * Subscribes once more, because some kernels stop all events after a loss. Takes less than a millisecond unless the
   * kernel does not acknowledge. @throws ConnectorError
   */
  subscribeAgain(): void;
  /** Unsubscribes. `lostEvents` can still be called. */
  close(): void;
};
