import type { BilingualText } from '../exchange/fault.js'
import { said, type NoticeData } from './said.js'

const accessRightWords = {
  'access-right.asked': { az: 'Giriş icazəsi istənilir', en: 'An access right is asked for' },
  'access-right.granted': { az: 'Giriş icazəsi verilib', en: 'An access right was granted' },
  'access-right.refused': {
    az: 'Giriş icazəsindən imtina edilib',
    en: 'An access right was refused',
  },
  'access-right.withdrawn': {
    az: 'Giriş icazəsi geri götürülüb',
    en: 'An access right was withdrawn',
  },
} as const

export function accessRightText(
  kind: keyof typeof accessRightWords,
  subject: string,
  { consumer, service }: NoticeData,
): BilingualText {
  const { az, en } = accessRightWords[kind]
  const whose = `${said(consumer)} → ${said(service)} (${subject})`
  return { az: `${az}: ${whose}`, en: `${en}: ${whose}` }
}
