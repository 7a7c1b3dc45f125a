import { allowsColor, createTheme, needsAscii, type Theme } from '../../ui/theme/theme.ts';
import type { FlagValues } from '../args/flags.ts';

/** Flags that change the screen. */
export type DisplayOptions = Pick<FlagValues, 'theme' | 'ascii' | 'mouse' | 'columns' | 'bind' | 'bell'>;

/** Creates the theme from the flags, or from the environment by default. */
export const resolveTheme = ({ theme, ascii }: Pick<FlagValues, 'theme' | 'ascii'>, plain = false): Theme =>
  createTheme({
    color: allowsColor(process.env),
    ascii: ascii ?? needsAscii(process.env),
    plain,
    ...(theme && { name: theme }),
  });
