import type { ContractProblem } from '../../contract/contract-error.js'
import { placeText } from '../../contract/contract-error.js'
import type { ServiceContract } from '../../contract/load-contract.js'
import type { BilingualText } from '../../exchange/fault.js'
import { failed, notApplicable, open, passed, type Judgement } from '../judgement.js'
import { probeLimits } from '../limits.js'
import type { Seen } from '../seen.js'

/** TT-01: a machine-readable contract, of this service, that registration would take. */
export function judgeContract({ application, contract: seen }: Seen): Judgement {
  if (application.contract === undefined) {
    return failed(
      { az: 'Xidmətin təsviri göstərilməyib', en: 'No contract is named' },
      {
        az: 'contract.yaml və WSDL, OpenAPI və ya məlumat sxemi olan qovluğu göstərin (docs/contracts.md)',
        en: 'Name a folder with contract.yaml and a WSDL, OpenAPI or message schema (docs/contracts.md)',
      },
    )
  }
  if (seen.contract && seen.problems.length === 0) return passed(contractText(seen.contract))
  return failed(problemsText(seen.problems), {
    az: 'Göstərilən qüsurları düzəldin; `sluice contract check QOVLUQ` hamısını göstərir',
    en: 'Correct what is named; `sluice contract check FOLDER` shows all of it',
  })
}

function contractText({ description, digest }: ServiceContract): BilingualText {
  const kind = { soap: 'WSDL', rest: 'OpenAPI', messages: 'JSON Schema' }[description.protocol]
  return {
    az: `Təsvir oxundu: ${kind}, ${digest}`,
    en: `The contract was read: ${kind}, ${digest}`,
  }
}

function problemsText(problems: readonly ContractProblem[]): BilingualText {
  const { toldMax } = probeLimits
  const told = problems.slice(0, toldMax)
  const more = problems.length > toldMax ? ` (+${problems.length - toldMax})` : ''
  const inLanguage = (language: 'az' | 'en'): string =>
    told.map((each) => [placeText(each), each.text[language]].filter(Boolean).join(': ')).join('; ')
  return {
    az: `Təsvir qəbul edilmir: ${inLanguage('az')}${more}`,
    en: `The contract is not accepted: ${inLanguage('en')}${more}`,
  }
}

const addFin: BilingualText = {
  az: 'contract.yaml faylında personalData.fin ilə FİN-in yerini, fields ilə fərdi məlumat sahələrini göstərin',
  en: 'Say in contract.yaml where the FIN stands (personalData.fin), and which fields are personal data',
}

/** TT-06: personal records are keyed by FIN, and the contract says where it stands. */
export function judgeFin({ application, contract: seen }: Seen): Judgement {
  if (!seen.contract) {
    return failed(
      { az: 'Təsvir oxunmadığı üçün yoxlanmadı', en: 'It could not be checked without a contract' },
      { az: 'Əvvəlcə TT-01 tələbini yerinə yetirin', en: 'Fulfil TT-01 first' },
    )
  }
  const { personalData } = seen.contract.settings
  const [trouble] = seen.personal
  if (personalData)
    return trouble ? failed(trouble.text, addFin) : passed(finText(personalData.fin))
  if (application.personalData) {
    return failed(
      {
        az: 'Müraciətdə fərdi məlumatlar göstərilib, təsvirdə isə personalData yoxdur',
        en: 'The application names personal data, and the contract has no personalData',
      },
      addFin,
    )
  }
  // By the names of its fields alone it cannot be said.
  if (trouble) return open(trouble.text, addFin)
  return notApplicable({
    az: 'Təsvirdə fərdi məlumat yoxdur',
    en: 'The contract has no personal data',
  })
}

function finText(fin = ''): BilingualText {
  return {
    az: `Fərdi məlumatların açarı FİN-dir: ${fin}`,
    en: `Personal data are keyed by the FIN: ${fin}`,
  }
}
