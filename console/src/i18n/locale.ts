import { createStore } from '../api/store';

/** The languages that there are messages in. */
export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = 'ledgate.language';

function chosen(): Language {
  try {
    const kept = localStorage.getItem(KEY);
    const found = LANGUAGES.find((language) => language === kept);
    if (found) return found;
  } catch {
    // A browser that keeps nothing: its own language is taken.
  }
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2));
  return LANGUAGES.find((language) => language === wanted.find((tag) => LANGUAGES.some((one) => one === tag))) ?? 'en';
}

export const languageStore = createStore<Language>(chosen());

/** Uses this language from now on, and when the page is opened again. */
export function choose(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // It is used as long as the page is open.
  }
  languageStore.set(language);
}

/** The tag for numbers and dates: the browser's own where it is of the language, such as fr-CH. */
export function localeOf(language: Language): string {
  return navigator.languages.find((tag) => tag.startsWith(`${language}-`)) ?? (language === 'fr' ? 'fr-FR' : 'en-GB');
}
