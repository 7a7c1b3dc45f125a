import { execFileSync } from 'node:child_process';

const majorVersion = (node: string): number =>
  Number(execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }));

/** Returns the Node of the system, if it is Node 20 or newer. Skips that of node_modules, which npm puts first. */
export const systemNode = (): string | undefined => {
  const path = (process.env.PATH ?? '').split(':').filter((entry) => !entry.includes('node_modules'));
  try {
    const env = { PATH: path.join(':') };
    const node = execFileSync('sh', ['-c', 'command -v node'], { env, encoding: 'utf8' }).trim();
    return majorVersion(node) >= 20 ? node : undefined;
  } catch {
    return undefined;
  }
};
