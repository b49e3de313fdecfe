import { parseServiceId } from '../../src/exchange/identifier.js'
import { fieldsOf, fileOf, recordOf, SettingsError, textOf } from '../../src/http/read-settings.js'
import { parseHttpSettings, type HttpSettings } from '../../src/http/settings.js'
import { busWsdl, WsdlError } from './wsdl.js'

export interface SoapSettings {
  readonly http: HttpSettings
  /** What is served at `/{service}?wsdl`, by the service's identifier with its version. */
  readonly descriptions: ReadonlyMap<string, Uint8Array>
  /** Where consumers reach the bus, for what is served of other services; undefined where nothing is. */
  readonly address: string | undefined
}

/**
 * Parses the adapter's settings strictly; descriptions are read and made here, once.
 * @param signsWithRsa - whether the bus has an RSA key: the policy in a description promises one
 * @throws SettingsError
 */
export function parseSettings(settings: unknown, signsWithRsa: boolean): SoapSettings {
  const http = parseHttpSettings(settings, ['wsdl'])
  const wsdl = recordOf(settings, 'settings')['wsdl']
  if (wsdl === undefined) return { http, descriptions: new Map(), address: undefined }
  if (!signsWithRsa) {
    throw new SettingsError(
      'wsdl: the policy in a WSDL says that replies are signed with RSA; name an rsaIdentity',
    )
  }
  return { http, ...parseDescriptions(wsdl) }
}

function parseDescriptions(value: unknown): Pick<SoapSettings, 'descriptions' | 'address'> {
  const fields = fieldsOf(value, 'wsdl', ['address', 'services'])
  const address = addressOf(fields['address'])
  const descriptions = new Map<string, Uint8Array>()
  for (const [service, own] of Object.entries(
    recordOf(fields['services'] ?? {}, 'wsdl.services'),
  )) {
    const path = `wsdl.services.${service}`
    const { file, attachments = false } = fieldsOf(own, path, ['file', 'attachments'])
    if (typeof attachments !== 'boolean') {
      throw new SettingsError(`${path}.attachments: must be true or false`)
    }
    const text = fileOf(file, `${path}.file`)
    descriptions.set(idOf(service, path), descriptionOf(text, address, attachments, path))
  }
  return { descriptions, address }
}

function addressOf(value: unknown): string {
  const address = textOf(value, 'wsdl.address')
  if (/^https?:\/\/[^/]/.test(address) && URL.canParse(address)) return address
  throw new SettingsError('wsdl.address: must be the http or https address that consumers use')
}

function idOf(service: string, path: string): string {
  try {
    return parseServiceId(service)
  } catch (error) {
    throw new SettingsError(`${path}: is no service with its version`, { cause: error })
  }
}

function descriptionOf(
  text: string,
  address: string,
  hasAttachments: boolean,
  path: string,
): Uint8Array {
  try {
    return busWsdl(Buffer.from(text), { address, hasAttachments })
  } catch (error) {
    if (!(error instanceof WsdlError)) throw error
    throw new SettingsError(`${path}.file: ${error.message}`, { cause: error })
  }
}
