import type { BilingualText } from '../../exchange/fault.js'
import type { Contact } from '../application.js'
import { failed, open, passed, type Judgement } from '../judgement.js'
import { applicationLimits } from '../limits.js'
import type { Seen } from '../seen.js'

const officerReads: BilingualText = {
  az: 'Məsul əməkdaş sənədi oxuyub qərar verir',
  en: 'An officer reads it and decides',
}

/** TT-09: the approved administrative regulation, with its time for an answer. */
export function judgeRegulation({ application: { regulation } }: Seen): Judgement {
  if (!regulation) {
    return failed(
      { az: 'İnzibati reqlament göstərilməyib', en: 'No administrative regulation is named' },
      {
        az: 'regulation bölməsində adını, təsdiq sənədini və cavab müddətini yazın',
        en: 'Write its title, the act that approved it and its time for an answer into regulation',
      },
    )
  }
  const { title, reference, answerMsMax } = regulation
  return open(
    {
      az: `«${title}», ${reference}; cavab müddəti ${answerMsMax} ms`,
      en: `“${title}”, ${reference}; time for an answer ${answerMsMax} ms`,
    },
    officerReads,
  )
}

/** TT-11: certified software. */
export function judgeSoftware({ application: { softwareStatement } }: Seen): Judgement {
  return judgeStatement(softwareStatement, 'softwareStatement', {
    az: 'Sertifikatlaşdırılmış proqram təminatı barədə məlumat yoxdur',
    en: 'There is no statement on certified software',
  })
}

/** TT-12: measures of information security. */
export function judgeSecurity({ application: { securityStatement } }: Seen): Judgement {
  return judgeStatement(securityStatement, 'securityStatement', {
    az: 'İnformasiya təhlükəsizliyi tədbirləri barədə məlumat yoxdur',
    en: 'There is no statement on measures of information security',
  })
}

function judgeStatement(
  statement: string | undefined,
  member: string,
  none: BilingualText,
): Judgement {
  if (statement === undefined) {
    return failed(none, {
      az: `${member} sahəsini doldurun`,
      en: `Write it into ${member}`,
    })
  }
  const told = shortened(statement)
  return open({ az: `Bildirilib: ${told}`, en: `Stated: ${told}` }, officerReads)
}

/** All of it stands in the application. */
function shortened(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ').trim()
  const { lineCharsMax } = applicationLimits
  if (oneLine.length <= lineCharsMax) return oneLine
  return `${oneLine.slice(0, lineCharsMax - 1).toWellFormed()}…`
}

/** TT-13: who answers for the object, and who knows it. */
export function judgePersons({ application: { responsible, technical } }: Seen): Judgement {
  const missing = [
    ...(responsible ? [] : [{ az: 'məsul şəxs', en: 'the responsible person' }]),
    ...(technical ? [] : [{ az: 'texniki əlaqə şəxsi', en: 'the technical contact' }]),
  ]
  if (!responsible || !technical) {
    return failed(
      {
        az: `Göstərilməyib: ${missing.map(({ az }) => az).join(', ')}`,
        en: `Not named: ${missing.map(({ en }) => en).join(', ')}`,
      },
      {
        az: 'responsible və technical bölmələrini doldurun: ad, vəzifə, e-poçt, telefon',
        en: 'Fill in responsible and technical: name, post, e-mail and telephone',
      },
    )
  }
  return passed({
    az: `Məsul şəxs: ${personText(responsible)}; texniki əlaqə: ${personText(technical)}`,
    en: `Responsible: ${personText(responsible)}; technical contact: ${personText(technical)}`,
  })
}

function personText({ name, post }: Contact): string {
  return `${name} (${post})`
}

/** TT-15: where it is hosted. */
export function judgeHosting({ application: { hosting } }: Seen): Judgement {
  if (!hosting) {
    return failed(
      { az: 'Yerləşdirmə yeri göstərilməyib', en: 'The hosting place is not stated' },
      {
        az: 'hosting bölməsində yeri (data-centre və ya own) və ünvanı yazın',
        en: 'Write the place (data-centre or own) and its address into hosting',
      },
    )
  }
  const { place, address } = hosting
  return place === 'own'
    ? passed({ az: `Öz yeri: ${address}`, en: `Its own place: ${address}` })
    : passed({ az: `Məlumat mərkəzi: ${address}`, en: `Data centre: ${address}` })
}
