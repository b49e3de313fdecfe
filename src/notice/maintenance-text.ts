import type { BilingualText } from '../exchange/fault.js'
import type { NoticeData } from './said.js'

/** How a late notice is marked (C7); 48 hours are what the bus's requirements call two days. */
export function lateNotice(hours: number): BilingualText {
  return hours === 48
    ? {
        az: 'Bildiriş iki gündən az müddət qalmış təqdim edilib.',
        en: 'The notice was given less than two days ahead.',
      }
    : {
        az: `Bildiriş ${hours} saatdan az müddət qalmış təqdim edilib.`,
        en: `The notice was given less than ${hours} hours ahead.`,
      }
}

const maintenanceWords = {
  'maintenance.planned': { az: 'texniki iş aparılacaq', en: 'maintenance is planned' },
  'maintenance.changed': {
    az: 'texniki iş barədə bildiriş dəyişdirilib',
    en: 'the notice of maintenance was changed',
  },
  'maintenance.cancelled': {
    az: 'texniki iş keçirilməyəcək',
    en: 'the maintenance was called off',
  },
  'maintenance.ended': {
    az: 'texniki iş vaxtından əvvəl başa çatıb',
    en: 'the maintenance ended early',
  },
} as const

/** The operator's own works are preventive ones, of the bus (R-143). */
const ofTheBus = {
  'maintenance.planned': { az: 'profilaktik iş aparılacaq', en: 'preventive work is planned' },
  'maintenance.changed': {
    az: 'profilaktik iş barədə bildiriş dəyişdirilib',
    en: 'the notice of preventive work was changed',
  },
  'maintenance.cancelled': {
    az: 'profilaktik iş keçirilməyəcək',
    en: 'the preventive work was called off',
  },
  'maintenance.ended': {
    az: 'profilaktik iş vaxtından əvvəl başa çatıb',
    en: 'the preventive work ended early',
  },
} as const

/** What is told of announced works: `target` is absent where they are the bus's own. */
export function maintenanceText(
  kind: keyof typeof maintenanceWords,
  { target, from, until, worksAz, worksEn, lateHours }: NoticeData,
): BilingualText {
  const { az, en } = (target === undefined ? ofTheBus : maintenanceWords)[kind]
  const time = `${momentText(from)} – ${momentText(until)}`
  const late = lateHours === undefined ? undefined : lateNotice(Number(lateHours))
  return {
    az: `${target ?? 'Şlüz'}: ${az}, ${time} (${worksAz ?? '?'}).${late ? ` ${late.az}` : ''}`,
    en: `${target ?? 'The bus'}: ${en}, ${time} (${worksEn ?? '?'}).${late ? ` ${late.en}` : ''}`,
  }
}

/** Why a service is FAULTY, in both languages. */
export const troubleReasonTexts: Readonly<Record<string, BilingualText>> = {
  unreachable: {
    az: 'sistemə qoşulmaq mümkün olmadı',
    en: 'no connection to the system could be made',
  },
  unanswered: {
    az: 'cavab müəyyən edilmiş müddətdə alınmadı',
    en: 'there was no whole answer in time',
  },
}

export function troubleText(
  kind: 'service.faulty' | 'service.restored',
  subject: string,
  { reason, asked }: NoticeData,
): BilingualText {
  if (kind === 'service.restored') {
    return { az: `${subject}: xidmət bərpa olunub.`, en: `${subject}: the service works again.` }
  }
  const why = troubleReasonTexts[String(reason)] ?? { az: '?', en: '?' }
  if (asked !== undefined) {
    return {
      az: `${subject}: ${String(asked)} iştirakçısının sorğularında dəfələrlə ardıcıl ${why.az}; xidmət hələlik yalnız onun üçün bağlıdır. Səbəbini araşdırın.`,
      en: `${subject}: for requests of ${String(asked)}, several times in a row ${why.en}; for now the service is closed for that member alone. Find out why.`,
    }
  }
  return {
    az: `${subject}: nasazlıq var, dəfələrlə ardıcıl ${why.az}. Nasazlığı aradan qaldırın; xidmət bərpa olunduqda şlüz bunu özü aşkar edəcək.`,
    en: `${subject}: faulty, several times in a row ${why.en}. Repair it; the bus finds out by itself once it works again.`,
  }
}

/** 28.11.2026 10:00 UTC, as in faults. */
function momentText(value: NoticeData[string] | undefined): string {
  const at = new Date(String(value))
  if (Number.isNaN(at.getTime())) return '?'
  const [day, time] = at.toISOString().split('T') as [string, string]
  return `${day.split('-').reverse().join('.')} ${time.slice(0, 5)} UTC`
}
