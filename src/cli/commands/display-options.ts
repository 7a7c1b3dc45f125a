import { createTheme, type Theme, wantsAscii, wantsColor } from '../../ui/theme/theme.ts';
import type { FlagValues } from '../args/flags.ts';

/** What the user set about the screen. */
export type DisplayOptions = Pick<FlagValues, 'theme' | 'ascii' | 'mouse' | 'columns' | 'bind' | 'bell'>;

export const displayOptionsFrom = ({
  theme,
  ascii,
  mouse,
  columns,
  bind,
  bell,
}: FlagValues): DisplayOptions => ({
  theme,
  ascii,
  mouse,
  columns,
  bind,
  bell,
});

/** As the flags say, else as the environment does. */
export const resolveTheme = ({ theme, ascii }: Pick<FlagValues, 'theme' | 'ascii'>, plain = false): Theme =>
  createTheme({
    color: wantsColor(process.env),
    ascii: ascii ?? wantsAscii(process.env),
    plain,
    ...(theme && { name: theme }),
  });
