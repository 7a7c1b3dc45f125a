import { type FieldType, orderTest, parseValues } from './field-types.ts';

/** Returns a type of numbers that are only compared by size. */
const quantityType = (expected: string, parse: (text: string) => number | undefined): FieldType<number> => ({
  operators: ['<', '<=', '>', '>='],
  expected,
  compile: (operator, texts) => {
    const parsed = parseValues(texts, parse, expected);
    return parsed.ok ? orderTest(operator, parsed.values) : parsed;
  },
  suggest: () => [],
});

/** Parses `50`, `0.5` or `50%`. */
export const percentType = quantityType('a percentage such as 50 or 0.5', (text) => {
  const [, number] = /^(\d{1,6}(?:\.\d{1,6})?)%?$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number);
});

const sizeUnits = ['', 'K', 'M', 'G', 'T'];

/** Parses `512`, `64K`, `1.5M` or `2GiB`, in powers of 1024. */
export const sizeType = quantityType('a size such as 512K, 100M or 1.5G', (text) => {
  const [, number, unit] = /^(\d{1,12}(?:\.\d{1,6})?)([KMGT]?)(?:i?B)?$/i.exec(text) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  return Number(number) * 1024 ** sizeUnits.indexOf(unit.toUpperCase());
});
