import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { otherNames, ownName, type Source, startTool, type Tool, type ToolName } from './tool.ts';

/** The tools that can run here, and why the others cannot. */
export type AvailableTools = { names: ToolName[]; absent: string[] };

const timeoutMs = 5000;
const pollMs = 100;

/** Waits for the first status of churntop with the kernel source. Returns why there is none; undefined if it works. */
export const kernelProblem = async (
  tool: Pick<Tool, 'hasExited' | 'report'>,
  wait: () => Promise<unknown> = () => delay(pollMs),
): Promise<string | undefined> => {
  for (let waitedMs = 0; waitedMs < timeoutMs && !tool.hasExited(); waitedMs += pollMs) {
    await wait();
    const status = tool.report().statuses.at(-1);
    if (status) return status.mode === 'kernel' ? undefined : `runs in mode ${status.mode}`;
  }
  return tool.hasExited() ? 'refused' : `no status within ${timeoutMs / 1000} s`;
};

const tryKernel = async (folder: string): Promise<string | undefined> => {
  const tool = startTool(ownName('kernel'), folder);
  try {
    return await kernelProblem(tool);
  } finally {
    await tool.stop();
  }
};

const forkstatProblem = (): string | undefined => {
  const folders = (process.env.PATH ?? '').split(delimiter);
  if (!folders.some((folder) => existsSync(join(folder, 'forkstat')))) return 'not installed';
  return process.getuid?.() === 0 ? undefined : 'needs root';
};

/** Tries the sources of churntop, and looks for the other tools unless `alone`. */
export const availableTools = async (options: {
  sources: readonly Source[];
  alone: boolean;
  folder: string;
}): Promise<AvailableTools> => {
  const wanted = [...options.sources.map(ownName), ...(options.alone ? [] : otherNames)];
  const names: ToolName[] = [];
  const absent: string[] = [];
  for (const name of wanted) {
    const problem =
      name === 'churntop kernel'
        ? await tryKernel(options.folder)
        : name === 'forkstat'
          ? forkstatProblem()
          : undefined;
    if (problem === undefined) names.push(name);
    else absent.push(`${name}: ${problem}`);
  }
  return { names, absent };
};
