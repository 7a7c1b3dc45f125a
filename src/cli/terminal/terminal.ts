import type { WriteStream } from 'node:tty';
import type { SystemState } from '../../domain/processes/system-state.ts';

/** The terminal as the screen needs it. */
export type Terminal = {
  output: WriteStream;
  /** A scheduler for frames: at least `frameMs` apart, none before `patienceMs`, and none while the terminal does not take what it has. */
  frameScheduler(frameMs: number): (draw: () => void, patienceMs?: number) => void;
};

/** Node makes terminals blocking; the one method that undoes it is not in its types. */
type Handle = { setBlocking?: (blocking: boolean) => void };

/** Let Node buffer what a terminal does not take, rather than wait. */
export const unblock = (output: WriteStream): void => {
  (output as unknown as { _handle?: Handle })._handle?.setBlocking?.(false);
};

/**
 * A stalled terminal (Ctrl-S, a dead SSH line) must not stop the program: with blocking writes the main thread stood
 * still and no signal was heard. Without them Node buffers, and `writableNeedDrain` tells when to skip frames.
 */
export const openTerminal = (output: WriteStream): Terminal => {
  unblock(output);
  return {
    output,
    frameScheduler: (frameMs) => {
      // No frame before: what the start costs does not delay the first frame with processes.
      let last = Number.NEGATIVE_INFINITY;
      let loop = performance.eventLoopUtilization();
      const gapMs = () => frameIntervalMs(performance.eventLoopUtilization(loop).active, frameMs);
      return (draw, patienceMs = 0) => {
        const whenDrained = () => {
          if (output.writableNeedDrain) output.once('drain', whenDrained);
          else {
            last = performance.now();
            loop = performance.eventLoopUtilization();
            draw();
          }
        };
        setTimeout(whenDrained, Math.max(patienceMs, last + gapMs() - performance.now()));
      };
    },
  };
};

/** How long a stop signal may take to reach this process; one that is never delivered must not end in a blank screen. */
const stopTimeoutMs = 100;

/**
 * Job control for a program that owns the screen: `suspend` is called for a stop signal from outside too, and
 * `stopSelf` then really stops the whole foreground job, so that a shell behind npm gets its prompt back. Where no
 * shell could continue the job (an orphaned process group) the kernel ignores the signal, and the screen comes back.
 */
export const jobControl = (output: WriteStream, suspend: () => void): { stopSelf: () => Promise<void> } => {
  process.on('SIGTSTP', suspend);
  return {
    stopSelf: async () => {
      // What puts the screen back must have left before everything stands still.
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

/** What is drawn, and what it is drawn from, may keep the main thread busy for this share of the time. */
const maxBusyShare = 0.15;
/** With fewer frames than this makes, a screen no longer looks alive. */
const maxFrameIntervalMs = 250;

/**
 * How long after a frame the next one may come. Frames are spaced by what they cost, as walks are: a tree of 5,000 on a
 * slow guest is drawn six times a second, not ten. A key is answered at once all the same.
 * @param busyMs how long the main thread was busy since the last frame began
 */
export const frameIntervalMs = (busyMs: number, minMs: number): number =>
  Math.min(Math.max(maxFrameIntervalMs, minMs), Math.max(minMs, busyMs / maxBusyShare));

/**
 * Of Ink, in whatever it draws. Frames for the source are spaced already, and a key is answered at once, also right behind a
 * frame; this only bounds what keys can ask for.
 */
export const maxFps = 250;

/** Rings when there is an alert that was not there before: once, however many were raised at the same time. */
export const createBell = (write: (text: string) => void): ((world: SystemState) => void) => {
  let rung = 0;
  return ({ activeAlerts }) => {
    if (activeAlerts.raisedTotal > rung) write('\x07');
    // A view that is paused looks at a copy, which counts anew.
    rung = Math.max(rung, activeAlerts.raisedTotal);
  };
};
