import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** What others made and we ship: its name and version, its licence by its SPDX name, and the words of that. */
export type Part = { name: string; version: string; licence: string; text: string };

/** The folder of the package that a file belongs to, as the metafile spells it. */
const packageFolder = /^(?:[\w-]+:)?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** `licenses` is what a package calls those of others that were bundled into it. */
const legalFile = /^(?:build\/)?(licen[cs]es?|notice)(\.(md|txt))?$/i;

/** Packages without the file that they refer to, and one of the same owner that has it, word for word. */
const foundWith: Readonly<Record<string, string>> = { 'yoga-layout': 'react' };

const legalText = (folder: string): string =>
  ['', 'build/']
    .flatMap((inner) =>
      existsSync(`${folder}/${inner}`) ? readdirSync(`${folder}/${inner}`).map((file) => inner + file) : [],
    )
    .filter((each) => legalFile.test(each))
    .sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8').trim())
    .join('\n\n');

/** @throws where a package tells no licence, or not its words: it must not be shipped then. */
export const readPart = (folder: string): Part => {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const other = foundWith[name];
  const text = legalText(folder) || (other === undefined ? '' : legalText(join(folder, '..', other)));
  if (typeof license !== 'string') throw new Error(`${folder}: no licence`);
  if (text === '') throw new Error(`${folder}: no text of its licence, ${license}`);
  return { name, version, licence: license, text };
};

/** The packages of which anything is left in the bundles. */
export const bundled = (metafiles: readonly Metafile[]): Part[] => {
  const inputs = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => packageFolder.exec(path)?.[1]);
  return [...new Set(inputs.filter((folder) => folder !== undefined))].map(readPart);
};

const rule = '-'.repeat(80);

export const licences = (parts: readonly Part[]): string => {
  const texts = new Map(parts.map((part) => [`${part.name} ${part.version}: ${part.licence}`, part.text]));
  const titles = [...texts.keys()].sort();
  const chapters = titles.map((title) => `${rule}\n${title}\n\n${texts.get(title)}\n`);
  return `churntop contains, beside what is its own:\n\n${titles.join('\n')}\n\n${chapters.join('\n')}`;
};
