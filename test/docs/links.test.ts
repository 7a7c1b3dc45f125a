import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const pages = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).trim().split('\n');

/** Returns the anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading as string));

const hasTarget = (page: string, path: string, anchor: string | undefined): boolean => {
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(target)) return false;
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(target).includes(anchor);
};

test('every link in a page leads to a file and a heading that exist', () => {
  const links = pages.flatMap((page) => {
    const text = readFileSync(page, 'utf8').replaceAll(/```[\s\S]*?```/g, '');
    return Array.from(text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g), ([link, path, anchor]) => ({
      page,
      link,
      path: path as string,
      anchor,
    }));
  });
  expect(links.length).toBeGreaterThan(100);
  const broken = links.filter(({ page, path, anchor }) => !hasTarget(page, path, anchor));
  expect(broken.map(({ page, link }) => `${page}: ${link}`)).toEqual([]);
});
