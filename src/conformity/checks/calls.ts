import type { BilingualText } from '../../exchange/fault.js'
import { failed, notApplicable, open, passed, type Judgement } from '../judgement.js'
import { violationText } from '../probe/service-lane.js'
import type { CallSeen, CallsSeen, Seen } from '../seen.js'

type MadeCalls = Extract<CallsSeen, { readonly missing: undefined }>

/** What is judged of calls that were made; else why none was. */
function ofCalls(
  { calls, endpoint }: Seen,
  remedy: BilingualText,
  judge: (calls: MadeCalls) => Judgement,
): Judgement {
  if (calls.missing === undefined) return judge(calls)
  // Its queue at the broker is made with its registration: before that there is nothing to put a message into.
  return endpoint?.protocol === 'mq'
    ? open(calls.missing, byOfficer)
    : failed(calls.missing, remedy)
}

const byOfficer: BilingualText = {
  az: 'Məsul əməkdaş əl ilə yoxlayıb qərar verir: iştirakçı imzalanmış mesaja cavabını öz sınaq şlüzündə göstərir (docs/connect-mq.md)',
  en: 'An officer checks it by hand and decides: the applicant shows its answer to a signed message at a test bus of its own (docs/connect-mq.md)',
}

const nameProbes: BilingualText = {
  az: 'TT-01 və TT-02 tələblərini yerinə yetirin və müraciətdə probes.good və probes.bad sorğularını göstərin',
  en: 'Fulfil TT-01 and TT-02, and give probes.good and probes.bad in the application',
}

/** TT-04: the signed test request is answered as the contract says. */
export function judgeAnswer(seen: Seen): Judgement {
  return ofCalls(seen, nameProbes, ({ good }) => {
    const { made, answer, trouble } = good
    if (made && made.violations.length > 0) {
      return failed(violationText(ownRequest, made.violations), {
        az: 'probes.good təsvirə uyğun sorğu olmalıdır',
        en: 'probes.good must be a request that keeps the contract',
      })
    }
    if (!made || !answer) return failed(trouble ?? noAnswer, answerRemedy)
    const bad = made.badAnswer(answer)
    if (bad) return failed(bad, answerRemedy, answer.tookMs)
    return passed(
      {
        az: `İmzalanmış sorğuya təsvirə uyğun cavab gəldi (HTTP ${answer.status})`,
        en: `The signed request was answered as the contract says (HTTP ${answer.status})`,
      },
      answer.tookMs,
    )
  })
}

const ownRequest: BilingualText = {
  az: 'Sınaq sorğusunun özü təsvirə uyğun deyil',
  en: 'The test request itself breaks the contract',
}

const noAnswer: BilingualText = { az: 'Cavab yoxdur', en: 'There is no answer' }

const answerRemedy: BilingualText = {
  az: 'Xidməti elə düzəldin ki, bu sorğuya təsvirdəki cavabı versin; imza başlıqlarını rədd etməsin',
  en: 'Have the service answer this request as the contract says, and not refuse the header fields of the signature',
}

/** TT-05: a wrong request is answered by a proper fault. */
export function judgeFault(seen: Seen): Judgement {
  return ofCalls(seen, nameProbes, ({ bad }) => {
    const { made, answer, trouble } = bad
    if (!made || !answer) return failed(trouble ?? noAnswer, faultRemedy(seen))
    const wrong = made.badFault(answer)
    if (wrong) return failed(wrong, faultRemedy(seen), answer.tookMs)
    return passed(
      {
        az: `Səhv sorğuya düzgün xəta cavabı gəldi (HTTP ${answer.status})`,
        en: `The bad request was answered by a proper fault (HTTP ${answer.status})`,
      },
      answer.tookMs,
    )
  })
}

function faultRemedy({ endpoint }: Seen): BilingualText {
  return endpoint?.protocol === 'soap'
    ? {
        az: 'Xətalara SOAP Fault ilə cavab verin (HTTP 500), web-səhifə ilə yox',
        en: 'Answer failures by a SOAP Fault (HTTP 500), and by no page',
      }
    : {
        az: 'Xətalara 4xx statusu və təsvirdə olan application/problem+json ilə cavab verin',
        en: 'Answer failures by a status 4xx and an application/problem+json that the contract has',
      }
}

/** TT-10: the time of the good answer is within the regulation's. */
export function judgeTime(seen: Seen): Judgement {
  const { regulation } = seen.application
  if (!regulation) {
    return failed(
      {
        az: 'Reqlamentin cavab müddəti göstərilməyib',
        en: 'No regulation with a time for an answer is named',
      },
      { az: 'TT-09 tələbini yerinə yetirin', en: 'Fulfil TT-09' },
    )
  }
  return ofCalls(seen, nameProbes, ({ good }) => judgeTook(good, regulation.answerMsMax))
}

function judgeTook({ answer, trouble }: CallSeen, msMax: number): Judgement {
  if (!answer) return failed(trouble ?? noAnswer, answerRemedy)
  const { tookMs } = answer
  const finding = {
    az: `Cavab müddəti ${tookMs} ms, reqlamentin həddi ${msMax} ms`,
    en: `The answer took ${tookMs} ms, and the regulation gives ${msMax} ms`,
  }
  if (tookMs <= msMax) return passed(finding, tookMs)
  const remedy = {
    az: 'Xidməti sürətləndirin və ya reqlamentdəki müddətə yenidən baxın',
    en: 'Make the service faster, or have the regulation’s time looked at again',
  }
  return failed(finding, remedy, tookMs)
}

/** TT-14: an Azerbaijani text comes back as it was sent. */
export function judgeEcho(seen: Seen): Judgement {
  const text = seen.application.probes?.echo?.text
  if (seen.calls.missing === undefined && text === undefined) {
    return open(
      {
        az: 'Mətn qaytaran sınaq sorğusu (probes.echo) yoxdur',
        en: 'There is no test request whose text comes back (probes.echo)',
      },
      {
        az: 'probes.echo göstərin; xidmət mətn qaytarmırsa, məsul əməkdaş qərar verir',
        en: 'Give probes.echo; where the service returns no text, an officer decides',
      },
    )
  }
  return ofCalls(seen, nameProbes, ({ echo }) => judgeText(echo, text ?? ''))
}

function judgeText(echo: CallSeen | undefined, text: string): Judgement {
  // Letters that other encodings break: ASCII comes back from any of them.
  if (!/[əğışçöüƏĞİŞÇÖÜ]/.test(text)) {
    return failed(
      {
        az: 'probes.echo.text mətnində Azərbaycan hərfi (ə, ğ, ı, ş, ç, ö, ü) yoxdur',
        en: 'The text of probes.echo has no Azerbaijani letter (ə, ğ, ı, ş, ç, ö, ü)',
      },
      { az: 'Azərbaycan hərfləri olan mətn yazın', en: 'Write a text with Azerbaijani letters' },
    )
  }
  const { made, answer, trouble } = echo ?? {}
  if (!made || !answer) return failed(trouble ?? noAnswer, answerRemedy)
  if (made.holdsText(answer, text)) {
    return passed(
      { az: 'Mətn dəyişmədən qayıtdı', en: 'The text came back unchanged' },
      answer.tookMs,
    )
  }
  return failed(
    {
      az: 'Göndərilən mətn cavabda olduğu kimi deyil',
      en: 'The text does not stand in the answer as it was sent',
    },
    {
      az: 'Sorğunu və cavabı hər yerdə UTF-8 kimi oxuyub yazın; hərfləri əvəz etməyin',
      en: 'Read and write UTF-8 everywhere, and replace no letters',
    },
    answer.tookMs,
  )
}

/** For what a requirement set asks of objects that it is not for. */
export const notOfThisKind: Judgement = notApplicable({
  az: 'Bu növ obyektə aid deyil',
  en: 'It is not for objects of this kind',
})
