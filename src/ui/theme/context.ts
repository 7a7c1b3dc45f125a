import { createContext, use } from 'react';
import { createTheme, type Theme } from './theme.ts';

/** What every component draws with, besides what it is given. */
export type ThemeContextValue = { theme: Theme };

const ThemeContext = createContext<ThemeContextValue>({ theme: createTheme({ color: false }) });

export const ThemeProvider = ThemeContext.Provider;
export const useTheme = (): ThemeContextValue => use(ThemeContext);
