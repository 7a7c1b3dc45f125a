import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../harness/recording.ts';

/** Whether tmux is installed. Tests that need it are skipped otherwise. */
export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** Runs a command in a tmux server of its own: a second terminal implementation, besides the xterm model. */
export const openTmux = (command: readonly string[], columns: number, rows: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'churntop-tmux-'));
  const socket = join(folder, 'socket');
  const tmux = (...args: string[]): string => {
    const { stdout, stderr, status } = spawnSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8', TMUX: '' },
    });
    if (status !== 0) throw new Error(`tmux ${args[0]}: ${stderr.trim()}`);
    return stdout;
  };
  const { NO_COLOR: _, CI: __, ...env } = process.env;
  const set = Object.entries({ ...env, LC_ALL: 'C.UTF-8' }).flatMap(([key, value]) => [
    '-e',
    `${key}=${value}`,
  ]);
  tmux('new-session', '-d', ...set, '-x', String(columns), '-y', String(rows), ...command);
  tmux('set', '-g', 'status', 'off');
  tmux('resize-window', '-x', String(columns), '-y', String(rows));

  const screenRows = () =>
    tmux('capture-pane', '-p')
      .split('\n')
      .slice(0, -1)
      .map((row) => row.trimEnd());
  const screen = () => screenRows().join('\n');
  return {
    rows: screenRows,
    screen,
    see: (what: string) => waitFor(`${what} in tmux`, () => screen().includes(what)),
    /** Sends keys by tmux name (`C-l`, `Enter`), or text. */
    keys: (...names: string[]) => tmux('send-keys', ...names),
    /** Pastes a text, bracketed if the program has enabled that. */
    paste: (text: string) => {
      tmux('set-buffer', '--', text);
      tmux('paste-buffer', '-p');
    },
    close: () => {
      spawnSync('tmux', ['-S', socket, 'kill-server']);
      rmSync(folder, { recursive: true });
    },
  };
};
