import { z } from 'zod'
import { preferredLanguage } from '../../http/preferred-language.js'

const lang = z.enum(['az', 'en']).optional().describe('Instead of what Accept-Language says')

export const languageQuery = z.strictObject({ lang })

/** In which language a page is, and what is said of that in its head (RFC 9110 §12.5.5). */
export function languageOf(
  wanted: 'az' | 'en' | undefined,
  accepted: string | undefined,
): { readonly language: 'az' | 'en'; readonly headers: Readonly<Record<string, string>> } {
  const language = wanted ?? preferredLanguage(accepted)
  return { language, headers: { 'Content-Language': language, Vary: 'Accept-Language' } }
}
