/** How the process of a connection ended. Without a code and a signal, it could not be started. */
export type ConnectionEnd = {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last line that it wrote to standard error; empty without one. */
  lastLine: string;
};

/** The exit code of ssh if it fails itself. */
const sshFailed = 255;

/** Meanings of exit codes that the transports and the shells at the far end share. */
const codeTexts: Readonly<Record<number, string>> = {
  0: 'the command ended without a trace',
  2: 'churntop there rejects a flag, it may be older',
  3: 'the source is not available there',
  126: 'churntop there cannot be executed',
  127: 'no churntop there; install it, or use --push',
  [sshFailed]: 'the line was lost',
};

/** Returns why a connection ended, in one sentence. */
export const exitReason = ({ code, signal, lastLine }: ConnectionEnd): string => {
  if (code === null)
    return signal === null ? `cannot be started: ${lastLine}` : withLine(`ended by ${signal}`, lastLine);
  // ssh itself names the host and the reason.
  if (code === sshFailed && lastLine !== '') return lastLine;
  const text = isOfOther(code, lastLine) ? undefined : codeTexts[code];
  return withLine(text ?? `exit ${code}`, lastLine);
};

/** Returns whether a code of shells is about another command than churntop, such as `sudo`. */
const isOfOther = (code: number, lastLine: string): boolean =>
  [2, 126, 127].includes(code) && lastLine !== '' && !lastLine.includes('churntop');

const withLine = (text: string, line: string): string => (line === '' ? text : `${text}: ${line}`);

/** Returns whether the line was lost, and not refused by the far end: ssh exits with 255, or a signal ended it. */
export const isLineLost = ({ code }: ConnectionEnd): boolean => code === sshFailed || code === null;
