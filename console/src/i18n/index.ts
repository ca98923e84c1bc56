import { useStore } from '../api/store';
import { en } from './en';
import { fr } from './fr';
import { languageStore, type Language } from './locale';

/** All that the console says. The French messages have to have the same form, which the compiler checks. */
export type Messages = typeof en;

const MESSAGES: Record<Language, Messages> = { en, fr };

/** The messages in the language that was chosen. */
export function useMessages(): Messages {
  return MESSAGES[useStore(languageStore)];
}

export { useFormats } from './format';
