import { execFileSync } from 'node:child_process';

/** End-to-end tests run what users run: the bundle, made of the sources as they are now. */
export default (): void => {
  execFileSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' });
};
