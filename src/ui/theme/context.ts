import { createContext, use } from 'react';
import { createTheme, type Theme } from './theme.ts';

const ThemeContext = createContext<Theme>(createTheme({ color: false }));

export const ThemeProvider = ThemeContext.Provider;

/** Returns the theme that components draw with. */
export const useTheme = (): Theme => use(ThemeContext);
