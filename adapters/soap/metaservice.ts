import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { LoggedRequest, ReceivedReply } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import { providerOf, type ServiceCode } from '../../src/exchange/identifier.js'
import type { DescriptionAsker, ListedMethod, Metaservice } from '../../src/exchange/metaservice.js'
import type { SoapAttachment, VerifiedSoapRequest } from '../../src/exchange/soap-content.js'
import { messageNotice, messageStatus } from './messages.js'
import { identifiersNamespace, soapNamespaces, xroadNamespace } from './names.js'
import { attachmentOf, envelopeAround } from './pack-message.js'
import { PackedReply } from './packed-reply.js'
import { serviceElement } from './request-blocks.js'

/**
 * Gives the WSDL of a service as this bus serves it; undefined where there is none.
 * @throws Fault THROTTLED for anybody, where it is not at hand
 */
export type DescribeService = (
  code: ServiceCode,
  version: string | undefined,
  asker: DescriptionAsker,
) => Uint8Array | undefined

const wsdlContentId = 'service.wsdl@sluice'

/**
 * Answers what is asked of the bus itself (X-Road Service Metadata Protocol), or said to it: `listMethods`,
 * `allowedMethods` and what is of messages in the Body, `getWsdl` with the WSDL as an attachment.
 * @throws Fault REQUEST_INVALID, TARGET_UNREGISTERED for a description or a message that there is not,
 *   AUDIT_UNAVAILABLE
 */
export async function answerMetaservice(
  metaservice: Metaservice,
  logged: LoggedRequest,
  describe: DescribeService,
  tools: AdapterTools,
): Promise<ReceivedReply> {
  const { verified, route, envelope } = logged
  if (verified.format !== 'soap') throw new TypeError('a metaservice of another lane')
  const provider = providerOf(route.service)
  const { catalogue } = tools
  switch (metaservice) {
    case 'listMethods':
      return answered(methodsElement(metaservice, catalogue.methods(provider)), [], logged, tools)
    case 'allowedMethods': {
      const allowed = catalogue.allowedMethods(provider, envelope.consumer)
      return answered(methodsElement(metaservice, allowed), [], logged, tools)
    }
    case 'getWsdl': {
      const { code, version } = serviceAsked(verified)
      const wsdl = describe(`${provider}/${code}` as ServiceCode, version, 'consumer')
      if (!wsdl) {
        const detail = 'There is no such service, or it has no contract.'
        throw new Fault('TARGET_UNREGISTERED', { field: 'serviceCode', detail })
      }
      const attachment = attachmentOf(wsdlContentId, 'text/xml; charset=utf-8', wsdl)
      return answered(`<xroad:getWsdlResponse ${namespaces}/>`, [attachment], logged, tools)
    }
    case 'messageStatus':
      return answered(await messageStatus(logged, tools), [], logged, tools)
    case 'messageNotice':
      return answered(await messageNotice(logged, tools), [], logged, tools)
    case 'listClients':
    case 'getOpenAPI':
    case 'myExchanges':
      throw new Fault('REQUEST_INVALID', {
        field: 'serviceCode',
        detail: 'This metaservice is asked by REST.',
      })
  }
}

const namespaces = `xmlns:xroad="${xroadNamespace}" xmlns:id="${identifiersNamespace}"`

function methodsElement(name: string, methods: readonly ListedMethod[]): string {
  const services = methods.map(({ code, version }) => serviceElement(`${code}/${version}`))
  return `<xroad:${name}Response ${namespaces}>${services.join('')}</xroad:${name}Response>`
}

function serviceAsked({ body }: VerifiedSoapRequest): {
  code: string
  version: string | undefined
} {
  const parts = body.children()[0]?.children() ?? []
  const textOf = (name: string): string | undefined =>
    parts
      .find(({ localName, namespace }) => localName === name && namespace === xroadNamespace)
      ?.text()
  const code = textOf('serviceCode')
  if (code !== undefined) return { code, version: textOf('serviceVersion') }
  throw new Fault('REQUEST_INVALID', {
    field: 'serviceCode',
    detail: 'getWsdl names the service in xroad:serviceCode.',
  })
}

function answered(
  body: string,
  attachments: readonly SoapAttachment[],
  { verified, content }: LoggedRequest,
  tools: AdapterTools,
): ReceivedReply {
  const version = verified.format === 'soap' ? verified.version : '1.1'
  const envelope = envelopeAround(Buffer.from(body), soapNamespaces[version])
  const at = tools.now()
  return {
    content: new PackedReply({ version, status: 200, envelope, attachments, isXop: false }),
    delivered: content,
    deliveredAt: at,
    receivedAt: at,
  }
}
