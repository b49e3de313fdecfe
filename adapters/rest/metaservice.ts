import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { LoggedRequest, ReceivedReply } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import { providerOf, type ServiceCode, type SubsystemId } from '../../src/exchange/identifier.js'
import type { ListedMethod, Metaservice } from '../../src/exchange/metaservice.js'
import { headBytes } from '../../src/http/headers.js'
import { messageNotice, messageStatus } from './messages.js'

/**
 * Answers what is asked of the bus itself (X-Road Service Metadata Protocol for REST), or said to it.
 * @throws Fault REQUEST_INVALID, TARGET_UNREGISTERED for a description or a message that there is not,
 *   AUDIT_UNAVAILABLE
 */
export async function answerMetaservice(
  metaservice: Metaservice,
  logged: LoggedRequest,
  tools: AdapterTools,
): Promise<ReceivedReply> {
  const { verified } = logged
  if (verified.format !== 'http') throw new TypeError('a metaservice of another lane')
  const method = metaservice === 'messageNotice' ? 'POST' : 'GET'
  if (verified.method !== method) {
    const detail = method === 'GET' ? 'Metaservices are asked by GET.' : 'Notices are said by POST.'
    throw new Fault('REQUEST_INVALID', { field: 'method', detail })
  }
  const payload = await payloadOf(metaservice, logged, verified.query, tools)
  const rawHeaders = ['Content-Type', 'application/json; charset=utf-8']
  const now = tools.now()
  const head = (): Uint8Array => headBytes('HTTP/1.1 200 OK', rawHeaders)
  return {
    content: { format: 'http', status: 200, rawHeaders, payload, head },
    delivered: logged.content,
    deliveredAt: now,
    receivedAt: now,
  }
}

async function payloadOf(
  metaservice: Metaservice,
  logged: LoggedRequest,
  query: string | undefined,
  tools: AdapterTools,
): Promise<Uint8Array> {
  const { route, envelope, content } = logged
  const { catalogue } = tools
  const provider = providerOf(route.service)
  switch (metaservice) {
    case 'listClients':
      return json({
        member: catalogue
          .clients(route.domain)
          .map(({ subsystem, name }) => ({ id: subsystemJson(subsystem), name })),
      })
    case 'listMethods':
      return json({ service: catalogue.methods(provider).map(methodJson) })
    case 'allowedMethods':
      return json({
        service: catalogue.allowedMethods(provider, envelope.consumer).map(methodJson),
      })
    case 'getOpenAPI': {
      const asked = new URLSearchParams(query)
      const server = content.format === 'http' ? `${content.scheme}://${content.authority}` : ''
      const name = asked.get('serviceCode') ?? ''
      const code = `${provider}/${name}` as ServiceCode
      const description = catalogue.description(
        code,
        asked.get('version') ?? undefined,
        'openapi',
        server,
      )
      if (description) return description
      const detail = 'There is no such service, or it has no contract.'
      throw new Fault('TARGET_UNREGISTERED', { field: 'serviceCode', detail })
    }
    case 'messageStatus':
      return json(await messageStatus(logged, tools))
    case 'messageNotice':
      return json(await messageNotice(logged, tools))
    case 'getWsdl':
      throw new Fault('REQUEST_INVALID', { field: 'path', detail: 'getWsdl is asked in SOAP.' })
  }
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

function subsystemJson(subsystem: SubsystemId): Record<string, string | undefined> {
  const [instance, memberClass, member, code] = subsystem.split('/')
  return {
    object_type: 'SUBSYSTEM',
    xroad_instance: instance,
    member_class: memberClass,
    member_code: member,
    subsystem_code: code,
  }
}

function methodJson({ code, version, hasContract }: ListedMethod): Record<string, unknown> {
  return {
    ...subsystemJson(providerOf(code)),
    object_type: 'SERVICE',
    service_code: code.slice(code.lastIndexOf('/') + 1),
    service_version: version,
    service_type: hasContract ? 'OPENAPI' : 'REST',
  }
}
