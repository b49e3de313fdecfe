/** Azerbaijani unless the caller weighs English higher (RFC 9110 §12.5.4). */
export function preferredLanguage(acceptLanguage: string | undefined): 'az' | 'en' {
  if (acceptLanguage === undefined || acceptLanguage.length > 256) return 'az'
  const weights = { az: 0, en: 0, '*': 0 }
  for (const range of acceptLanguage.toLowerCase().split(',')) {
    const [tag = '', ...parameters] = range.split(';')
    const language = tag.trim().split('-')[0]
    if (language !== 'az' && language !== 'en' && language !== '*') continue
    weights[language] = Math.max(weights[language], weightOf(parameters))
  }
  return weights.en > Math.max(weights.az, weights['*']) ? 'en' : 'az'
}

function weightOf(parameters: readonly string[]): number {
  const quality = /^\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*$/.exec(parameters[0] ?? '')
  return parameters.length === 0 ? 1 : Number(quality?.[1] ?? 0)
}
