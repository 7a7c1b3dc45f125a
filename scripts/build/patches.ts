import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file that a patch changes, and the text of each hunk after the patch. */
type PatchedFile = { path: string; hunks: string[] };

/** Parses a patch in the format of git. */
export const parsePatch = (patch: string): PatchedFile[] =>
  patch
    .split(/^diff --git .*\n/m)
    .slice(1)
    .map((section) => {
      const [head = '', ...hunks] = section.split(/^@@ .*\n/m);
      return {
        path: /^\+\+\+ b\/(.*)$/m.exec(head)?.[1] ?? '',
        hunks: hunks.map((hunk) =>
          hunk
            .split('\n')
            .filter((line) => /^[+ ]/.test(line))
            .map((line) => line.slice(1))
            .join('\n'),
        ),
      };
    });

/**
 * Checks that the patches in `root`/patches are applied to `root`/node_modules.
 *
 * @throws if one is not applied, as after an installation without scripts
 */
export const assertPatched = (root = '.'): void => {
  for (const name of readdirSync(join(root, 'patches')).filter((file) => file.endsWith('.patch'))) {
    const files = parsePatch(readFileSync(join(root, 'patches', name), 'utf8'));
    const unpatched = files.find(({ path, hunks }) => {
      const file = join(root, path);
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      return !hunks.every((hunk) => text.includes(hunk));
    });
    if (unpatched !== undefined)
      throw new Error(
        `patches/${name}: not applied to ${unpatched.path} (run \`npx patch-package\`; npm ci --ignore-scripts skips it)`,
      );
  }
};
