import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const require = createRequire(resolve('test/published/package.json'));

/** Loads a package of test/published (schemas and readers of export formats); undefined if it is not installed. */
export const requirePublished = <T>(name: string): T | undefined => {
  try {
    return require(name) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
};

export const needsPublished = '(needs npm ci --prefix test/published)';
