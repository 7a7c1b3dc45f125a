import type { LinkState } from './guest-summary.ts';

/** The receiver of what guests send. */
export type LinkListener = {
  /** A guest is known. Called once, before anything else of the guest. */
  onGuest(id: string): void;
  /** The state of the connection to a guest, with a reason in words if it is not live. */
  onState(id: string, state: LinkState, reason?: string): void;
  /**
   * Bytes of a trace (NDJSON) in order. Lines may be split anywhere. A header begins each connection. The caller may
   * reuse the chunk.
   */
  onBytes(id: string, chunk: Uint8Array): void;
  /** Records of a guest are lost between the last bytes and the next ones. `events` is absent if their number is unknown. */
  onLoss(id: string, events: number | undefined): void;
  /** A message to the user about all guests. */
  onNotice(text: string): void;
  /** All guests failed for a common reason; no more calls follow. */
  onError(error: Error): void;
};

/** The connection to guests: over SSH, over a command, from files, from a NATS server. It knows nothing of records. */
export type FleetLink = {
  /** Whether it reads recordings, whose times do not compare to the clock of the viewer. */
  readonly recorded?: boolean;
  /** Starts to connect. May call the listener before it returns. */
  start(listener: LinkListener): void;
  /** Ends all connections and the processes that serve them. Resolves when the listener gets no more calls. */
  stop(): Promise<void>;
  /** Pauses or resumes a guest, whose records are too far ahead of the others. Required if `recorded`. */
  pause?(id: string, paused: boolean): void;
};
