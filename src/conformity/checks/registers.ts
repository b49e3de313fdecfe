import type { HeldDataObject } from '../conformity-tools.js'
import { failed, notApplicable, open, passed, warned, type Judgement } from '../judgement.js'
import { probeLimits } from '../limits.js'
import type { Seen } from '../seen.js'

/** TT-07: an entry in the register of personal-data systems, where personal data are held. */
export function judgePersonalRegister({ application, contract, registry }: Seen): Judgement {
  const { personalData } = application
  const hasInContract = contract.contract?.settings.personalData !== undefined
  if (registry?.hasPersonalDataEntry) {
    return passed({
      az: 'Fərdi məlumatların informasiya sistemlərinin reyestrində qeyd var',
      en: 'There is an entry in the register of personal-data systems',
    })
  }
  if (personalData) {
    return passed({
      az: `Reyestr üçün məlumat verilib: ${personalData.legalBasis}`,
      en: `The data for the register are given: ${personalData.legalBasis}`,
    })
  }
  if (!hasInContract) {
    return notApplicable({
      az: 'Fərdi məlumat bildirilməyib',
      en: 'No personal data are stated',
    })
  }
  return failed(
    {
      az: 'Təsvirdə fərdi məlumatlar var, reyestr üçün məlumat isə verilməyib',
      en: 'The contract has personal data, and nothing is given for their register',
    },
    {
      az: 'personalData bölməsində məqsədi, məlumat növlərini və hüquqi əsası yazın',
      en: 'Write purpose, categories and legal basis into personalData',
    },
  )
}

/** TT-08: no duplicate without a reason, and nothing asked for that is held already. */
export function judgeDuplicates({ application, registry }: Seen): Judgement {
  const { dataObjects, asksFor, duplicateReason } = application
  if (dataObjects.length === 0 && asksFor.length === 0) {
    return notApplicable({
      az: 'Məlumat obyekti bildirilməyib',
      en: 'No data objects are stated',
    })
  }
  if (!registry) {
    return open(
      {
        az: 'Məlumat obyektləri reyestrlə müqayisə edilməyib: burada reyestr yoxdur',
        en: 'The data objects were compared with no registry: there is none here',
      },
      { az: 'Müqayisəni operator aparır', en: 'The operator’s check compares them' },
    )
  }
  if (registry.duplicates.length > 0) return judgeClash(registry.duplicates, duplicateReason)
  if (registry.held.length > 0) {
    return warned(
      {
        az: `Artıq mövcud olan məlumat soruşulur: ${told(registry.held)}`,
        en: `Data are asked for that are held already: ${told(registry.held)}`,
      },
      {
        az: 'Bu məlumatı istifadəçidən soruşmayın, həmin ehtiyatdan alın',
        en: 'Do not ask users for it, but take it from that resource',
      },
    )
  }
  return passed({ az: 'Təkrarlanma yoxdur', en: 'There is no duplicate' })
}

function judgeClash(duplicates: readonly HeldDataObject[], reason: string | undefined): Judgement {
  const finding = {
    az: `Başqa ehtiyatda var: ${told(duplicates)}`,
    en: `Another resource has it: ${told(duplicates)}`,
  }
  if (reason === undefined) {
    return failed(finding, {
      az: 'Həmin ehtiyatdan istifadə edin və ya duplicateReason sahəsində əsaslandırın',
      en: 'Use that resource, or give the grounds in duplicateReason',
    })
  }
  return open(
    {
      az: `${finding.az}; əsaslandırma verilib`,
      en: `${finding.en}; grounds are given`,
    },
    { az: 'Məsul əməkdaş əsaslandırmaya baxır', en: 'An officer looks at the grounds' },
  )
}

function told(objects: readonly HeldDataObject[]): string {
  const { toldMax } = probeLimits
  const shown = objects.slice(0, toldMax).map(({ code, resource }) => `${code} (${resource})`)
  return shown.join(', ') + (objects.length > toldMax ? ` (+${objects.length - toldMax})` : '')
}
