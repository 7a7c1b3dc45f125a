import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import xterm from '@xterm/headless';
import { spawn } from 'node-pty';
import { draw } from './draw.ts';
import { scenario } from './scenario.ts';

const { GIFEncoder, quantize, applyPalette } = createRequire(import.meta.url)('gifenc');
const [columns, rows, frameMs, patienceMs] = [96, 28, 165, 15_000];

const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
const { NO_COLOR: _, CI: __, ...env } = process.env;
const dumps = mkdtempSync(join(tmpdir(), 'churntop-demo-'));
// Namespaces of its own: the film shows its own processes only, and the last of them ends with the first.
const pty = spawn(
  'unshare',
  [
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    '--uts',
    'sh',
    '-c',
    'hostname guest && exec "$@"',
    'sh',
  ].concat('bash', resolve('scripts/demo/churn.sh'), process.execPath, resolve('bin/churntop.js')),
  { name: 'xterm-256color', cols: columns, rows, cwd: dumps, env: { ...env, LC_ALL: 'C.UTF-8', TZ: 'UTC' } },
);
pty.onData((data) => terminal.write(data));
const ended = new Promise<void>((done) => pty.onExit(() => done()));

const text = () =>
  Array.from({ length: rows }, (_row, row) =>
    terminal.buffer.active.getLine(row)?.translateToString(true),
  ).join('\n');

type Frame = { pixels: Uint8Array; width: number; height: number; ms: number };
const frames: Frame[] = [];
const shoot = (ms: number) => {
  const canvas = draw(terminal.buffer.active, columns, rows);
  const { width, height } = canvas;
  const pixels = new Uint8Array(canvas.getContext('2d').getImageData(0, 0, width, height).data.buffer);
  const last = frames.at(-1);
  if (last && Buffer.compare(last.pixels, pixels) === 0) last.ms += ms;
  else frames.push({ pixels, width, height, ms });
};
const film = async (forMs: number) => {
  for (const end = performance.now() + forMs; performance.now() < end; ) {
    const start = performance.now();
    await sleep(frameMs);
    shoot(performance.now() - start);
  }
};

mkdirSync('docs/img', { recursive: true });
try {
  for (const { see, holdMs, still, keys } of scenario) {
    for (const limit = performance.now() + patienceMs; !see.test(text()); ) {
      if (performance.now() > limit) throw new Error(`never seen: ${see}\n${text()}`);
      await sleep(20);
    }
    await film(holdMs);
    if (still)
      writeFileSync(
        `docs/img/${still}.png`,
        draw(terminal.buffer.active, columns, rows, 2).toBuffer('image/png'),
      );
    pty.write(keys);
  }
  await Promise.race([ended, sleep(2000)]);
} finally {
  pty.kill('SIGKILL');
  rmSync(dumps, { recursive: true, force: true });
}

const gif = GIFEncoder();
const every = Buffer.concat(frames.filter((_frame, at) => at % 12 === 0).map(({ pixels }) => pixels));
const palette = quantize(every, 15);
const clear = palette.length;
palette.push([0, 0, 0]);
let before: Uint8Array | undefined;
for (const { pixels, width, height, ms } of frames) {
  const now: Uint8Array = applyPalette(pixels, palette.slice(0, clear));
  // What stays as it was is left clear: long runs of one value pack to almost nothing.
  const drawn = before ? now.map((colour, at) => (colour === before?.[at] ? clear : colour)) : now;
  gif.writeFrame(drawn, width, height, {
    ...(before ? {} : { palette }),
    delay: ms,
    transparent: before !== undefined,
    transparentIndex: clear,
    dispose: 1,
  });
  before = now;
}
gif.finish();
writeFileSync('demo.gif', gif.bytes());
const seconds = frames.reduce((sum, { ms }) => sum + ms, 0) / 1000;
console.log(
  `demo.gif: ${seconds.toFixed(1)} s, ${frames.length} frames, ${Math.round(gif.bytes().length / 1024)} KiB`,
);
