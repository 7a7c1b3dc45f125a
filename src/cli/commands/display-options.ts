import { createTheme, type Theme, wantsAscii, wantsColours } from '../../ui/theme/theme.ts';
import type { FlagValues } from '../args/flags.ts';

/** What the user set about the screen. */
export type Looks = Pick<FlagValues, 'theme' | 'ascii' | 'mouse' | 'columns' | 'bind' | 'bell'>;

export const looksOf = ({ theme, ascii, mouse, columns, bind, bell }: FlagValues): Looks => ({
  theme,
  ascii,
  mouse,
  columns,
  bind,
  bell,
});

/** As the flags say, else as the environment does. */
export const themeOf = ({ theme, ascii }: Pick<FlagValues, 'theme' | 'ascii'>, plain = false): Theme =>
  createTheme({
    colours: wantsColours(process.env),
    ascii: ascii ?? wantsAscii(process.env),
    plain,
    ...(theme && { name: theme }),
  });
