import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import xterm from '@xterm/headless';
import { spawn } from 'node-pty';
import { draw } from './draw.ts';
import { scenario } from './scenario.ts';

const { GIFEncoder, quantize, applyPalette } = createRequire(import.meta.url)('gifenc');
const [columns, rows, frameMs, stepTimeoutMs] = [96, 28, 165, 15_000];

const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
const { NO_COLOR: _, CI: __, ...env } = process.env;
const folder = mkdtempSync(join(tmpdir(), 'churntop-demo-'));
cpSync('scripts/demo/incidents.sh', join(folder, 'incidents.sh'));
cpSync('test/incidents/stages', join(folder, 'stages'), { recursive: true });
const churntop = `${process.execPath} ${resolve('bin/churntop.js')}`;
// New namespaces: the demo shows only its own processes, and they all exit with the first one.
const pty = spawn(
  'unshare',
  ['--pid', '--fork', '--kill-child', '--mount-proc', '--uts', '--cgroup'].concat(
    'sh',
    '-c',
    'hostname guest && exec bash incidents.sh',
  ),
  {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: folder,
    env: { ...env, LC_ALL: 'C.UTF-8', TZ: 'UTC', CHURNTOP: churntop },
  },
);
pty.onData((data) => terminal.write(data));
const exited = new Promise<void>((done) => pty.onExit(() => done()));

const text = () =>
  Array.from({ length: rows }, (_row, row) =>
    terminal.buffer.active.getLine(row)?.translateToString(true),
  ).join('\n');

type Frame = { pixels: Uint8Array; width: number; height: number; ms: number };
const frames: Frame[] = [];
const captureFrame = (ms: number) => {
  const canvas = draw(terminal.buffer.active, { columns, rows });
  const { width, height } = canvas;
  const pixels = new Uint8Array(canvas.getContext('2d').getImageData(0, 0, width, height).data.buffer);
  const last = frames.at(-1);
  if (last && Buffer.compare(last.pixels, pixels) === 0) last.ms += ms;
  else frames.push({ pixels, width, height, ms });
};
const captureFor = async (durationMs: number) => {
  for (const end = performance.now() + durationMs; performance.now() < end; ) {
    const start = performance.now();
    await sleep(frameMs);
    captureFrame(performance.now() - start);
  }
};

mkdirSync('docs/img', { recursive: true });
try {
  for (const { waitFor, holdMs, image, keys } of scenario) {
    for (const end = performance.now() + stepTimeoutMs; !waitFor.test(text()); ) {
      if (performance.now() > end) throw new Error(`timeout waiting for ${waitFor}\n${text()}`);
      await sleep(20);
    }
    await captureFor(holdMs);
    if (image)
      writeFileSync(
        `docs/img/${image}.png`,
        draw(terminal.buffer.active, { columns, rows, scale: 2 }).toBuffer('image/png'),
      );
    pty.write(keys);
  }
  await Promise.race([exited, sleep(2000)]);
} finally {
  pty.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

const gif = GIFEncoder();
const sampledPixels = Buffer.concat(
  frames.filter((_frame, index) => index % 12 === 0).map(({ pixels }) => pixels),
);
const palette = quantize(sampledPixels, 15);
const transparentIndex = palette.length;
palette.push([0, 0, 0]);
let previous: Uint8Array | undefined;
for (const { pixels, width, height, ms } of frames) {
  const current: Uint8Array = applyPalette(pixels, palette.slice(0, transparentIndex));
  // Pixels that do not change are transparent, because long runs of one value compress well.
  const changed = previous
    ? current.map((color, index) => (color === previous?.[index] ? transparentIndex : color))
    : current;
  gif.writeFrame(changed, width, height, {
    ...(previous ? {} : { palette }),
    delay: ms,
    transparent: previous !== undefined,
    transparentIndex,
    dispose: 1,
  });
  previous = current;
}
gif.finish();
writeFileSync('demo.gif', gif.bytes());
const seconds = frames.reduce((sum, { ms }) => sum + ms, 0) / 1000;
console.log(
  `demo.gif: ${seconds.toFixed(1)} s, ${frames.length} frames, ${Math.round(gif.bytes().length / 1024)} KiB`,
);
