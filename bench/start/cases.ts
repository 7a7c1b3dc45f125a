import { spawn } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilDrawn, untilExit, untilLine } from './measure.ts';

type Case = {
  /** The event that ends the measurement. */
  name: string;
  /** Goal: at most this multiple of `node -e 0`. */
  goal?: number;
  /** Measures once, in ms. */
  measure: () => Promise<number>;
};

const folder = mkdtempSync(join(tmpdir(), 'churntop-bench-'));
const emptyModule = join(folder, 'empty.mjs');
writeFileSync(emptyModule, '');
/** The comm of a process that churntop must find. It occurs nowhere else in the output. */
const markerComm = 'ct-bench';
symlinkSync('/bin/sleep', join(folder, markerComm));

const program = 'bin/churntop.js';

/** Measures while the marker process runs. */
const withMarker = async (measure: (expected: string) => Promise<number>): Promise<number> => {
  const child = spawn(join(folder, markerComm), ['60'], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('spawn', resolve));
  const ms = await measure(markerComm);
  child.kill('SIGKILL');
  return ms;
};

/** The first case is the baseline. */
export const cases: readonly Case[] = [
  { name: '`node -e 0` exits', measure: () => untilExit('-e', '0') },
  { name: '`node empty.mjs` exits', measure: () => untilExit(emptyModule) },
  { name: '`churntop --version` exits', goal: 1.5, measure: () => untilExit(program, '--version') },
  { name: '`churntop --help` exits', measure: () => untilExit(program, '--help') },
  {
    name: '`churntop --ndjson`: first record, the header',
    goal: 2,
    measure: () => untilLine('trace.header', program, '--ndjson'),
  },
  {
    name: '`churntop --ndjson`: first process found alive',
    measure: () => untilLine('process.spawned', program, '--ndjson'),
  },
  // The footer is the last part of a frame.
  { name: 'screen: first whole frame', goal: 4.5, measure: () => untilDrawn(program, 'quit') },
  {
    name: 'screen: first frame with processes',
    measure: () => withMarker((comm) => untilDrawn(program, comm)),
  },
];
