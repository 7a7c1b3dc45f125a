import type { KernelEvent } from './kernel-event.ts';

/** A subscription to process events of the kernel. */
export type EventQueue = {
  /** Waits until an event is queued, for at most `ms`. */
  wait(ms: number): void;
  /** Removes and returns all queued events, in order. @throws ConnectorError when the subscription has ended */
  drain(): readonly KernelEvent[];
  /** Returns how many events were lost since the start because the queue was full. */
  lostEvents(): number;
  /** Subscribes once more, because some kernels stop all events after an overrun. @throws ConnectorError */
  subscribeAgain(): void;
  /** Unsubscribes. */
  close(): void;
};
