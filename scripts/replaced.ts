import { readFileSync } from 'node:fs';

export type Replaced = Readonly<{ what: RegExp; by: string }>;

/** A file with something else in the place of all of these. @throws where one is not there: it is not the version that is known */
export const readReplaced = (path: string, all: readonly Replaced[]): string =>
  all.reduce(
    (source, { what, by }) => {
      if (source.search(what) < 0) throw new Error(`${path}: another version, without ${what}`);
      return source.replace(what, by);
    },
    readFileSync(path, 'utf8'),
  );
