import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Compiles a C program of `test/support/programs`. Returns its path, or why it cannot be compiled. */
export const compile = (
  name: string,
  folder: string,
  flags: readonly string[] = [],
): { path: string } | { obstacle: string } => {
  const source = fileURLToPath(new URL(`../programs/${name}.c`, import.meta.url));
  const path = join(folder, name);
  try {
    execFileSync('gcc', ['-O2', '-o', path, source, ...flags], { stdio: 'pipe' });
    return { path };
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer };
    return { obstacle: code === 'ENOENT' ? 'there is no gcc' : `gcc: ${stderr?.toString().trim()}` };
  }
};
