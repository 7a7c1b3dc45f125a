import { closeSync, fstatSync } from 'node:fs';
import { isatty } from 'node:tty';

let restore = () => {};

/** Sets the function that restores the terminal for the shell. */
export const setTerminalRestore = (restoreScreen: () => void): void => {
  restore = restoreScreen;
};

/** Restores the terminal for the shell, so that the next message is not lost with the screen. Never throws. */
export const restoreTerminal = (): void => {
  try {
    restore();
  } catch {
    // The terminal hung up, or the screen was not drawn completely.
  }
};

/** Major number of /dev/null and similar devices. */
const memoryDeviceMajor = 1;

/**
 * Closes the standard streams whose terminal hung up. At exit, Node before 24.1 restores the settings of each terminal
 * that it was started on. It aborts if that fails, as it does with EIO after a hangup. It skips closed descriptors.
 */
export const closeLostTerminals = (): void => {
  for (const fd of [0, 1, 2]) {
    try {
      const stats = fstatSync(fd);
      const isNullDevice = stats.rdev >> 8 === memoryDeviceMajor;
      if (stats.isCharacterDevice() && !isNullDevice && !isatty(fd)) closeSync(fd);
    } catch {
      // Already closed.
    }
  }
};
