import type { WriteStream } from 'node:tty';
import type { SystemState } from '../../domain/processes/system-state.ts';

/** The terminal that the screen is drawn on. */
export type Terminal = {
  output: WriteStream;
  /**
   * Returns a scheduler of frames. Frames are at least `frameMs` apart, and `delayMs` after the request. No frame is
   * drawn while the terminal is stalled.
   */
  frameScheduler(frameMs: number): (draw: () => void, delayMs?: number) => void;
};

/** The handle of a stream. Node opens terminals in blocking mode; `setBlocking` is not in its types. */
type Handle = { setBlocking?: (blocking: boolean) => void };

/** Makes writes to a terminal non-blocking. Node buffers what a stalled terminal does not accept. */
export const unblock = (output: WriteStream): void => {
  (output as unknown as { _handle?: Handle })._handle?.setBlocking?.(false);
};

/**
 * Opens the terminal for non-blocking writes. With blocking writes, a stalled terminal (Ctrl-S, a dead SSH connection)
 * would block the main thread, which could then handle no signal.
 */
export const openTerminal = (output: WriteStream): Terminal => {
  unblock(output);
  return {
    output,
    frameScheduler: (frameMs) => {
      // No frame yet: what the start costs must not delay the first frame with processes.
      let lastFrameMs = Number.NEGATIVE_INFINITY;
      let utilization = performance.eventLoopUtilization();
      const intervalMs = () => frameIntervalMs(performance.eventLoopUtilization(utilization).active, frameMs);
      return (draw, delayMs = 0) => {
        const drawWhenDrained = () => {
          if (output.writableNeedDrain) output.once('drain', drawWhenDrained);
          else {
            lastFrameMs = performance.now();
            utilization = performance.eventLoopUtilization();
            draw();
          }
        };
        setTimeout(drawWhenDrained, Math.max(delayMs, lastFrameMs + intervalMs() - performance.now()));
      };
    },
  };
};

/** Time that a stop signal may take to arrive. If it never arrives, the screen is restored. */
const stopTimeoutMs = 100;

/**
 * Sets up job control. `suspend` is called when SIGTSTP arrives. `stopSelf` stops the whole foreground job, so that a
 * shell that started npm gets its prompt back. The kernel ignores the signal in an orphaned process group, because no
 * shell could continue it; `stopSelf` then returns after `stopTimeoutMs`.
 */
export const jobControl = (output: WriteStream, suspend: () => void): { stopSelf: () => Promise<void> } => {
  process.on('SIGTSTP', suspend);
  return {
    stopSelf: async () => {
      // The sequences that restore the screen must be written before the process stops.
      await new Promise<void>((resolve) => output.write('', () => resolve()));
      const continued = new Promise<void>((resolve) => process.once('SIGCONT', resolve));
      const ignored = new Promise<void>((resolve) => setTimeout(resolve, stopTimeoutMs));
      process.off('SIGTSTP', suspend);
      process.kill(0, 'SIGTSTP');
      await Promise.race([continued, ignored]);
      process.on('SIGTSTP', suspend);
    },
  };
};

/** Share of time that frames and state updates may keep the main thread busy. */
const maxBusyShare = 0.15;
/** Longest time between frames while data changes. */
const maxFrameIntervalMs = 250;

/**
 * Returns the time to the next frame, in proportion to the cost of the last one. A tree of 5,000 processes on a slow
 * guest is drawn six times a second instead of ten. Keys are not delayed.
 * @param busyMs time that the main thread was busy since the last frame started
 */
export const frameIntervalMs = (busyMs: number, minMs: number): number =>
  Math.min(Math.max(maxFrameIntervalMs, minMs), Math.max(minMs, busyMs / maxBusyShare));

/** Frame limit of Ink. Frames for new data are scheduled above; this limits frames for keys. */
export const maxFps = 250;

/** Returns a function that rings the bell once if alerts were raised since the last call. */
export const createBell = (write: (text: string) => void): ((state: SystemState) => void) => {
  let seen = 0;
  return ({ activeAlerts }) => {
    if (activeAlerts.raisedTotal > seen) write('\x07');
    // A paused view reads a copy, which counts from zero.
    seen = Math.max(seen, activeAlerts.raisedTotal);
  };
};
