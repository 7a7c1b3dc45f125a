import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** A package in the bundle: its license by SPDX name, and the text of the license. */
export type LicensedPackage = { name: string; version: string; license: string; text: string };

/** The folder of the package that a file belongs to, as a metafile spells it. */
const packageFolder = /^(?:[\w-]+:)?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** License files. `licenses` lists the licenses of packages bundled into the package. */
const licenseFile = /^(?:build\/)?(licen[cs]es?|notice)(\.(md|txt))?$/i;

/** Packages without a license file, each with a package of the same owner that has the same license text. */
const sameLicense: Readonly<Record<string, string>> = { 'yoga-layout': 'react' };

const licenseTextIn = (folder: string): string =>
  ['', 'build/']
    .flatMap((inner) =>
      existsSync(`${folder}/${inner}`) ? readdirSync(`${folder}/${inner}`).map((file) => inner + file) : [],
    )
    .filter((file) => licenseFile.test(file))
    .sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8').trim())
    .join('\n\n');

/**
 * Reads the license of the package in `folder`.
 *
 * @throws if the package has no license or no license text, because it must not be bundled then
 */
export const readPackage = (folder: string): LicensedPackage => {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const other = sameLicense[name];
  const text = licenseTextIn(folder) || (other === undefined ? '' : licenseTextIn(join(folder, '..', other)));
  if (typeof license !== 'string') throw new Error(`${folder}: no license`);
  if (text === '') throw new Error(`${folder}: no license text (${license})`);
  return { name, version, license, text };
};

/** Returns the packages that contribute code to the bundles. */
export const bundledPackages = (metafiles: readonly Metafile[]): LicensedPackage[] => {
  const folders = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => packageFolder.exec(path)?.[1]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].map(readPackage);
};

const rule = '-'.repeat(80);

/** Returns the text of THIRD-PARTY-LICENSES: a list of the packages, then each license in full. */
export const licensesText = (packages: readonly LicensedPackage[]): string => {
  const texts = new Map(packages.map((each) => [`${each.name} ${each.version}: ${each.license}`, each.text]));
  const titles = [...texts.keys()].sort();
  const chapters = titles.map((title) => `${rule}\n${title}\n\n${texts.get(title)}\n`);
  return `churntop contains these packages:\n\n${titles.join('\n')}\n\n${chapters.join('\n')}`;
};
