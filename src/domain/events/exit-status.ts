/** How a process ended. It exited with a code or was killed by a signal; without both keys this is unknown. */
export type ExitStatus = {
  /** 0 is success, and is present only if it is known. */
  exit_code?: number;
  exit_signal?: number;
  /** Present if the signal dumped core. */
  core_dumped?: true;
};

/** Names of the signals from 1 on, without `SIG`, as on x86, ARM and RISC-V. Real-time signals have no names. */
export const signalNames: readonly string[] = (
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU ' +
  'URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'
).split(' ');

/** The largest signal number of Linux. */
export const maxSignal = 64;

/** Parses a signal: `11`, `SEGV` or `SIGSEGV`, in any case. Returns undefined if there is no such signal. */
export const parseSignal = (text: string): number | undefined => {
  if (/^\d{1,2}$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= maxSignal ? number : undefined;
  }
  const index = signalNames.indexOf(text.toUpperCase().replace(/^SIG/, ''));
  return index < 0 ? undefined : index + 1;
};

/** Formats a signal: `SIGSEGV`, or `signal 40` if it has no name. */
export const formatSignal = (signal: number): string => {
  const name = signalNames[signal - 1];
  return name === undefined ? `signal ${signal}` : `SIG${name}`;
};

/** Decodes a status of waitpid(2), which is known. */
export const decodeWaitStatus = (status: number): ExitStatus => {
  const signal = status & 0x7f;
  if (signal === 0) return { exit_code: (status >> 8) & 0xff };
  return { exit_signal: signal, ...((status & 0x80) !== 0 && { core_dumped: true as const }) };
};

/** Returns only the exit status of a record. */
export const pickExitStatus = ({ exit_code, exit_signal, core_dumped }: ExitStatus): ExitStatus => ({
  ...(exit_code !== undefined && { exit_code }),
  ...(exit_signal !== undefined && { exit_signal }),
  ...(core_dumped && { core_dumped }),
});

export const isStatusKnown = ({ exit_code, exit_signal }: ExitStatus): boolean =>
  exit_code !== undefined || exit_signal !== undefined;

/** Returns whether the status is known and not success. */
export const isFailure = ({ exit_code, exit_signal }: ExitStatus): boolean =>
  exit_signal !== undefined || (exit_code !== undefined && exit_code !== 0);

/** Returns the status as `$?` of a shell has it: for a signal, 128 + its number; undefined if it is unknown. */
export const shellStatusOf = ({ exit_code, exit_signal }: ExitStatus): number | undefined =>
  exit_signal === undefined ? exit_code : 128 + exit_signal;

/** Formats an exit status: `exit 3`, `SIGSEGV (core dumped)`; undefined if it is unknown. */
export const formatExitStatus = ({ exit_code, exit_signal, core_dumped }: ExitStatus): string | undefined => {
  if (exit_signal !== undefined) return `${formatSignal(exit_signal)}${core_dumped ? ' (core dumped)' : ''}`;
  return exit_code === undefined ? undefined : `exit ${exit_code}`;
};

/** Formats an exit status without its kind, for a column of four cells: `0`, `3`, `SEGV`, `S40`, `?` if it is unknown. */
export const exitCellText = ({ exit_code, exit_signal }: ExitStatus): string => {
  if (exit_signal !== undefined) return signalNames[exit_signal - 1] ?? `S${exit_signal}`;
  return exit_code === undefined ? '?' : String(exit_code);
};

/** Formats an exit status for the log: `ok`, `exit 3`, `SEGV (core dumped)`, `exit ?` if it is unknown. */
export const exitLogText = (status: ExitStatus): string => {
  const { exit_code, exit_signal, core_dumped } = status;
  if (exit_code === 0) return 'ok';
  if (exit_signal === undefined) return `exit ${exitCellText(status)}`;
  const name = signalNames[exit_signal - 1] ?? formatSignal(exit_signal);
  return `${name}${core_dumped ? ' (core dumped)' : ''}`;
};

/** Describes a known exit status: `0 (success)`, `3`, `137 (128 + SIGKILL)`, `SIGSEGV (11), core dumped`. */
export const describeExitStatus = ({
  exit_code: code = 0,
  exit_signal: signal,
  core_dumped,
}: ExitStatus): string => {
  if (signal !== undefined) {
    const name = formatSignal(signal);
    const number = name.startsWith('SIG') ? ` (${signal})` : '';
    return name + number + (core_dumped ? ', core dumped' : '');
  }
  if (code === 0) return '0 (success)';
  // A shell exits with this code if a signal killed its last command.
  const shellSignal = formatSignal(code - 128);
  return shellSignal.startsWith('SIG') ? `${code} (128 + ${shellSignal})` : String(code);
};
