import type { BilingualText } from '../../exchange/fault.js'
import { failed, notApplicable, passed, warned, type Judgement } from '../judgement.js'
import type { TlsSeen } from '../probe/tls-probe.js'
import type { Seen } from '../seen.js'

/** TT-02: reached over TLS 1.2 or newer, with a certificate that is trusted. */
export function judgeTransport({ transport }: Seen): Judgement {
  switch (transport.by) {
    case 'none':
      return notApplicable({
        az: 'Xidmət növbədən oxuyur: TLS bağlantısını şlüzün broker-i özü qəbul edir',
        en: 'The service reads a queue: the TLS of that connection is that of the bus’s broker',
      })
    case 'refused':
      return failed(transport.trouble, {
        az: 'İcazə verilən şəbəkədə, https:// ilə başlayan ünvan göstərin; əlçatan olduğunu yoxlayın',
        en: 'Name an address that begins with https://, in a network that is allowed, and see that it can be reached',
      })
    case 'http':
      return warned(
        {
          az: 'TLS yoxdur (http://); bu yoxlamada icazə verilib',
          en: 'There is no TLS (http://), which this check was told to let pass',
        },
        { az: 'İstismardan əvvəl TLS qurun', en: 'Set TLS up before it goes into use' },
      )
    case 'tls':
      return judgeTls(transport.seen)
  }
}

const repair: BilingualText = {
  az: 'TLS 1.2 və ya 1.3 qurun; sertifikat bu ad üçün, qüvvədə, etibarlı qurumdan və tam zəncirlə olmalıdır',
  en: 'Set up TLS 1.2 or 1.3, with a certificate for this name, in force, of a trusted authority, and its whole chain',
}

const letIn: BilingualText = {
  az: 'Ünvanın doğru, xidmətin işlək və TLS 1.2 və ya 1.3 ilə əlçatan olduğunu yoxlayın',
  en: 'See that the address is right, and that the service runs and is reached over TLS 1.2 or 1.3',
}

function judgeTls({ version, trouble, until, oldVersion }: TlsSeen): Judgement {
  if (trouble) return failed(trouble, version === undefined ? letIn : repair)
  if (version === undefined) {
    return failed({ az: 'TLS bağlantısı alınmadı', en: 'There was no TLS connection' }, repair)
  }
  const ends = until?.toISOString().slice(0, 10) ?? '–'
  if (oldVersion === undefined) {
    return passed({
      az: `${version}, sertifikat etibarlıdır, ${ends} tarixinədək`,
      en: `${version}, the certificate is trusted and ends on ${ends}`,
    })
  }
  return warned(
    {
      az: `${version}, sertifikat etibarlıdır; lakin köhnə ${oldVersion} də qəbul edilir`,
      en: `${version}, the certificate is trusted; but the old ${oldVersion} is spoken, too`,
    },
    { az: `${oldVersion} versiyasını söndürün`, en: `Switch ${oldVersion} off` },
  )
}
