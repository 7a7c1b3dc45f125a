import { type ChildProcess, spawn } from 'node:child_process';
import { printable } from '../../util/printable.ts';
import { waitAtMost } from '../../util/wait.ts';
import type { ConnectionEnd } from './exit-reason.ts';

export type ConnectionOptions = {
  commandLine: readonly string[];
  /** Bytes for the far end before anything else, such as a pushed program. */
  input?: Uint8Array | undefined;
  onBytes: (chunk: Uint8Array) => void;
  /** Called once, also if the program could not be started. No bytes follow. */
  onEnd: (end: ConnectionEnd) => void;
};

/** How often a byte is sent, so that the far end knows that the line is alive, ms. */
const tetherIntervalMs = 4_000;
/** How long the far end waits for one. A dead line thus ends it within 30 s, also if it has to write its last records. */
export const tetherTime = '20s';
/** How long to wait for the effect of a signal, ms. */
const killDelayMs = 2_000;
/** How long to read the last bytes of a process that has exited, ms. */
const drainMs = 200;
/** Maximum length of the last line of standard error that is kept, in UTF-16 units. */
const maxLineLength = 300;

/** A process that connects to one guest. Its standard output is the trace of the guest. */
export class ConnectionProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #tether: NodeJS.Timeout;
  #errorText = '';

  constructor({ commandLine, input, onBytes, onEnd }: ConnectionOptions) {
    const [file = '', ...args] = commandLine;
    // In a group of its own, because an interrupt of the terminal must not end it before its far end.
    const child: ChildProcess = spawn(file, args, { stdio: 'pipe', detached: true });
    this.#child = child;
    // Node creates no streams if too many files are open.
    child.stdout?.on('data', onBytes);
    child.stderr?.on('data', (chunk: Buffer) => this.#addErrorText(chunk.toString('utf8')));
    // The pipe breaks when the process ends, which is reported then.
    child.stdin?.on('error', () => {});
    if (input) child.stdin?.write(input);
    this.#tether = setInterval(() => child.stdin?.write('.'), tetherIntervalMs);
    const closed = new Promise((resolve) => child.once('close', resolve));
    this.#exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        clearInterval(this.#tether);
        // A background process at the far end may keep the pipes open. Its bytes are not those of the next connection.
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
        onEnd({ code, signal, lastLine: lastLineOf(this.#errorText) });
        resolve();
      };
      child.on('error', (error) => {
        // A signal that may not be sent, as to sudo, is an error, too. The process then ends because its input ends.
        if (child.pid !== undefined) return;
        this.#addErrorText(`\n${error.message}`);
        end(null, null);
      });
      child.once('exit', async (code, signal) => {
        await waitAtMost(closed, drainMs);
        end(code, signal);
      });
    });
  }

  /** Ends the far end by closing its input, and the process by signals. Resolves when it has exited, or after 4 s. */
  async close(): Promise<void> {
    // Without a process, Node would send the signals to the group of this one.
    if (this.#child.pid === undefined) return;
    this.#child.stdin?.end();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      this.#child.kill(signal);
      await waitAtMost(this.#exited, killDelayMs);
    }
  }

  #addErrorText(text: string): void {
    this.#errorText = (this.#errorText + text).slice(-maxLineLength * 2);
  }
}

/** Returns the last line that is not empty, printable and at most 300 UTF-16 units long; empty without one. */
export const lastLineOf = (text: string): string => {
  const lines = text.split(/[\r\n]+/).filter((line) => !/^(?:\s*|Warning: Permanently added .*)$/.test(line));
  return printable((lines.at(-1) ?? '').trim()).slice(0, maxLineLength);
};
