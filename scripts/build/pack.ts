/**
 * `npm run pack`: packs the npm package in build/. Its manifest has no scripts and no dependencies: the bundle needs none,
 * and react and ink are optional peers of `churntop/react`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import manifest from '../../package.json' with { type: 'json' };

const folder = 'build/package';
const {
  devDependencies,
  optionalDependencies: _,
  overrides: __,
  private: ___,
  scripts: ____,
  ...published
} = manifest;

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const path of [...manifest.files, 'README.md', 'LICENSE'])
  cpSync(path, `${folder}/${path}`, { recursive: true });
const peers = { react: devDependencies.react, ink: devDependencies.ink };
writeFileSync(
  `${folder}/package.json`,
  `${JSON.stringify(
    {
      ...published,
      peerDependencies: peers,
      peerDependenciesMeta: { react: { optional: true }, ink: { optional: true } },
    },
    undefined,
    2,
  )}\n`,
);
execFileSync('npm', ['pack', '--silent', '--pack-destination', '..'], { cwd: folder, stdio: 'inherit' });
