import { expect, test } from 'vitest';
import { kernelProblem } from '../../../../bench/capture/tools/available.ts';
import type { StatusLine } from '../../../../bench/capture/tools/observation.ts';

const wait = async () => {};

/** A churntop that reports the mode after some waits, or exits. */
const fakeTool = (mode: string | undefined, { exits = false } = {}) => {
  let waits = 0;
  return {
    hasExited: () => exits && waits++ > 2,
    report: () => ({ observations: [], statuses: mode === undefined ? [] : [{ mode } as StatusLine] }),
  };
};

test.each([
  ['takes part when it runs in kernel mode', fakeTool('kernel'), undefined],
  ['is absent when this build polls /proc', fakeTool('cursor'), 'runs in mode cursor'],
  ['is absent when it exits', fakeTool(undefined, { exits: true }), 'refused'],
  ['is absent when it reports nothing', fakeTool(undefined), 'no status within 5 s'],
])('the kernel source %s', async (_title, tool, problem) => {
  expect(await kernelProblem(tool, wait)).toBe(problem);
});
