import { execFileSync } from 'node:child_process';

/** Builds the bundle, which the end-to-end tests run. */
export default (): void => {
  execFileSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' });
};
