import type { BilingualText } from '../exchange/fault.js'
import type { ConnectionApplication } from './application.js'
import { flaw, type ApplicationFlaw } from './application-flaw.js'

/**
 * What an application lacks that the desk cannot check without: it is returned with this list. Whether what is
 * there conforms, the check says.
 * @returns nothing where it is complete
 */
export function missingData(application: ConnectionApplication): readonly ApplicationFlaw[] {
  const { kind } = application
  const missing: ApplicationFlaw[] = []
  const ask = (member: keyof ConnectionApplication, text: BilingualText): void => {
    if (application[member] === undefined) missing.push(flaw(`/${member}`, text))
  }
  if (kind === 'service') {
    ask('contract', { az: 'xidmətin təsviri yoxdur', en: 'the contract of the service is missing' })
    // What comes by queues is not called by the check.
    if (application.declaration['protocol'] !== 'mq') {
      ask('probes', { az: 'sınaq sorğuları yoxdur', en: 'the test requests are missing' })
    }
  }
  if (kind === 'system') {
    const az = 'sertifikat sorğusu yoxdur'
    ask('certificateRequest', { az, en: 'the certificate request is missing' })
  }
  ask('responsible', {
    az: 'məsul şəxs göstərilməyib',
    en: 'the responsible person is not named',
  })
  ask('technical', {
    az: 'texniki əlaqə şəxsi göstərilməyib',
    en: 'the technical contact is not named',
  })
  return missing
}
