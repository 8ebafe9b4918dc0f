import { effect, signal } from '@preact/signals';

export type ThemeChoice = 'system' | 'light' | 'dark';
export const themeChoices: readonly ThemeChoice[] = ['system', 'light', 'dark'];

const key = 'bitten.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

/** What the person has chosen. */
export const themeChoice = signal<ThemeChoice>(kept());

/** What is shown. Charts listen: they are drawn in colours, not styled. */
export const theme = signal<'light' | 'dark'>('light');

const systemIsDark = signal(dark.matches);

export function startTheme(): void {
  dark.addEventListener('change', (event) => {
    systemIsDark.value = event.matches;
  });
  effect(() => {
    const isDark = themeChoice.value === 'system' ? systemIsDark.value : themeChoice.value === 'dark';
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    theme.value = isDark ? 'dark' : 'light';
    localStorage.setItem(key, themeChoice.value);
  });
}

function kept(): ThemeChoice {
  const found = localStorage.getItem(key);
  return themeChoices.find((choice) => choice === found) ?? 'system';
}
