import { Text } from 'ink';
import { memo } from 'react';
import { useTheme } from '../theme/context.ts';

/** One screen line, composed beforehand: one text node a row is what keeps a frame cheap. */
export const Row = memo(({ line }: { line: string }) => {
  const { theme } = useTheme();
  return <Text wrap="truncate">{line === '' ? ' ' : theme.encode(line)}</Text>;
});
Row.displayName = 'Row';

/** Lines under each other, filled up with empty ones to `rows`: what stands on a screen row depends on it alone. */
export const Rows = ({ lines, rows }: { lines: readonly string[]; rows: number }) =>
  // biome-ignore lint/suspicious/noArrayIndexKey: a row is a place on the screen.
  Array.from({ length: rows }, (_, index) => <Row key={index} line={lines[index] ?? ''} />);
