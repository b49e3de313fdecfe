import { ownTimestampsPolicy } from '../../timestamp/own-policy.js'
import { TimestampError } from '../../timestamp/timestamp-error.js'
import { verifyToken, type VerifiedTimestamp } from '../../timestamp/verify-token.js'
import { PathError } from '../../trust/x509/path-error.js'
import type { OpenedContainer } from '../asic-container.js'
import type { EvidenceIndex } from '../evidence-index.js'
import { printable } from '../../printable.js'
import { isUnknown, type Believed } from './believed.js'
import { reasonText } from './reason-text.js'
import type { Findings, StepName } from './report.js'

/**
 * Since when the checkpoint, and so the entries below it, existed for certain.
 * @param checkpoint - the bytes that are stamped
 * @returns the earliest proved time
 */
export function verifyTimestamps(
  checkpoint: Buffer,
  { files }: OpenedContainer,
  { timestamps }: EvidenceIndex,
  believed: Believed,
  findings: Findings,
): Date | undefined {
  if (timestamps.length === 0) {
    findings.notChecked('timestamp', {
      en: 'The checkpoint bears no timestamp: that the exchange was on the day that its entries state is the operator’s word.',
      az: 'Nəzarət nöqtəsinin vaxt möhürü yoxdur: mübadilənin yazılarda göstərilən gün olması yalnız operator tərəfindən bildirilir.',
    })
  }
  const times: number[] = []
  for (const { file, authority, isIndependent } of timestamps) {
    const token = files.get(file)
    const stamp = token && stampOf(token, checkpoint, believed, 'timestamp', file, findings)
    if (!token) {
      findings.isFalse(
        'timestamp',
        {
          en: 'A timestamp is named that is not there.',
          az: 'Göstərilən vaxt möhürü konteynerdə yoxdur.',
        },
        file,
      )
    }
    if (!stamp) continue
    times.push(stamp.time.getTime())
    // Of the bus's own authority its policy tells, whatever the container says.
    const isOthers = isIndependent && stamp.policy !== ownTimestampsPolicy
    tellOf(stamp, printable(authority), isOthers, file, findings)
  }
  return times.length > 0 ? new Date(Math.min(...times)) : undefined
}

function tellOf(
  stamp: VerifiedTimestamp,
  authority: string,
  isIndependent: boolean,
  file: string,
  findings: Findings,
): void {
  const at = stamp.time.toISOString()
  const name = printable(stamp.certificate.subject.text)
  findings.proved(
    'timestamp',
    {
      en: `The entries existed before ${at}: the timestamping authority ${name} stamped the checkpoint then.`,
      az: `Yazılar ${at} tarixindən əvvəl mövcud idi: ${name} vaxt möhürü xidməti nəzarət nöqtəsini həmin vaxt möhürləyib.`,
    },
    file,
  )
  if (isIndependent) {
    findings.note(
      'timestamp',
      {
        en: `The operator says that ${authority} is run by somebody else; whether that is so, its certificate tells.`,
        az: `Operatorun bildirdiyinə görə, ${authority} başqa qurum tərəfindən idarə olunur; bunun belə olub-olmadığı onun sertifikatından görünür.`,
      },
      file,
    )
    return
  }
  findings.note(
    'timestamp',
    {
      en: `The authority ${authority} is not independent: the operator of the bus runs it, so the time is the operator's word.`,
      az: `${authority} xidməti müstəqil deyil: onu şlüzün operatoru idarə edir, ona görə vaxt yalnız operator tərəfindən bildirilir.`,
    },
    file,
  )
}

/** A token that proves right and that an anchor vouches for; else what is wrong is told. */
export function stampOf(
  token: Uint8Array,
  data: Uint8Array,
  believed: Believed,
  step: StepName,
  file: string,
  findings: Findings,
): VerifiedTimestamp | undefined {
  try {
    return verified(token, data, believed)
  } catch (error) {
    if (!(error instanceof TimestampError)) throw error
    const why = reasonText(error)
    if (error.cause instanceof PathError && isUnknown(error.cause)) {
      findings.notChecked(
        step,
        {
          en: `A timestamp is there, but nobody who is believed here vouches for it: ${why.en}`,
          az: `Vaxt möhürü var, lakin burada etibar edilən heç kim onu təsdiqləmir: ${why.az}`,
        },
        file,
      )
      return undefined
    }
    findings.isFalse(
      step,
      { en: `A timestamp is wrong: ${why.en}`, az: `Vaxt möhürü yanlışdır: ${why.az}` },
      file,
    )
    return undefined
  }
}

/** Lists are looked into where there are any of those who issued the authority's certificate. */
function verified(token: Uint8Array, data: Uint8Array, believed: Believed): VerifiedTimestamp {
  const { anchors, intermediates, revocationLists } = believed
  const trust = { anchors, intermediates }
  if (revocationLists.length === 0) return verifyToken({ token, data, trust })
  try {
    return verifyToken({ token, data, trust: { ...trust, revocationLists } })
  } catch (error) {
    const isUnlisted =
      error instanceof TimestampError &&
      error.cause instanceof PathError &&
      error.cause.reason === 'revocation-unknown'
    if (!isUnlisted) throw error
    return verifyToken({ token, data, trust })
  }
}
