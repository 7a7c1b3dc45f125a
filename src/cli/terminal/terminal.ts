import type { WriteStream } from 'node:tty';
import type { RenderOptions } from 'ink';

/** The handle of a stream. Node opens terminals in blocking mode; `setBlocking` is not in its types. */
type Handle = { setBlocking?: (blocking: boolean) => void };

/** Makes writes to a terminal non-blocking. Node buffers what a stalled terminal does not accept. */
export const unblock = (output: WriteStream): void => {
  (output as unknown as { _handle?: Handle })._handle?.setBlocking?.(false);
};

/**
 * The terminal that the screen is drawn on. Writes do not block: otherwise a stalled terminal (Ctrl-S, a dead SSH
 * connection) would block the main thread, which could then handle no signal.
 */
export class Terminal {
  readonly output: WriteStream;

  constructor(output: WriteStream) {
    this.output = output;
    unblock(output);
  }

  /**
   * Returns a function that schedules a frame. Frames are at least `frameMs` apart, and `delayMs` after the request. No
   * frame is drawn while the terminal is stalled.
   */
  frameScheduler(frameMs: number): (draw: () => void, delayMs?: number) => void {
    const { output } = this;
    // No frame yet. The cost of startup must not delay the first frame with processes.
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
  }
}

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

/** Options with which Ink draws the screen. */
export const renderOptions = {
  interactive: true,
  alternateScreen: true,
  incrementalRendering: true,
  // Limits frames for keys. Frames for new data are scheduled above.
  maxFps: 250,
  exitOnCtrlC: false,
  patchConsole: false,
} as const satisfies RenderOptions;
