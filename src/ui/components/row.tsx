import { Text } from 'ink';
import { memo } from 'react';
import { useTheme } from '../theme/context.ts';

/** A screen row with a composed line. One text node per row keeps frames cheap. */
export const Row = memo(({ line }: { line: string }) => {
  const theme = useTheme();
  return <Text wrap="truncate">{line === '' ? ' ' : theme.encode(line)}</Text>;
});
Row.displayName = 'Row';

/** Screen rows, padded with empty ones to `rows`, so that lines below keep their position. */
export const Rows = ({ lines, rows }: { lines: readonly string[]; rows: number }) =>
  // biome-ignore lint/suspicious/noArrayIndexKey: a row is identified by its position on the screen.
  Array.from({ length: rows }, (_, index) => <Row key={index} line={lines[index] ?? ''} />);
