const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves at the first signal that asks for an end. A second one ends the process at once, in case the first hangs. */
export const untilInterrupted = (): Promise<void> =>
  new Promise((resolve) => {
    let asked = false;
    for (const signal of endings) {
      process.on(signal, () => {
        if (asked && signal !== 'SIGHUP') process.exit(1);
        asked = true;
        resolve();
      });
    }
  });
