import type { BilingualText } from '../exchange/fault.js'
import { mailSubjectCharsMax } from './limits.js'

const separators = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu

/** One line of a header: whatever could end it, or hide what follows, is a space. */
export function subjectOf({ az }: BilingualText): string {
  const line = `Sluice: ${az}`.replaceAll(separators, ' ').trim()
  const characters = Array.from(line)
  if (characters.length <= mailSubjectCharsMax) return line
  return `${characters.slice(0, mailSubjectCharsMax - 1).join('')}…`
}

/** Both languages, one below the other; the same is in the inbox. */
export function bodyOf({ az, en }: BilingualText, inbox: string | undefined): string {
  const where = inbox === undefined ? '' : ` (${inbox})`
  return [
    az,
    '',
    en,
    '',
    '--',
    `Bu məktubu inteqrasiya şini göndərib; bildiriş şəxsi qutunuzdadır${where}. Cavab yazmayın.`,
    `Sent by the integration bus; the notice is in your inbox${where}. Do not reply.`,
    '',
  ].join('\n')
}
