import { Fault } from './fault.js'
import { providerOf, type ServiceCode, type ServiceId, type SubsystemId } from './identifier.js'
import type { Catalogue, ListedMethod, Metaservice } from './metaservice.js'

/** Those that are asked of the registry and the contracts. */
export type CatalogueService = Exclude<
  Metaservice,
  'messageStatus' | 'messageNotice' | 'myExchanges'
>

/** What is asked of the bus itself, whatever the lane. */
export interface CatalogueQuestion {
  readonly metaservice: CatalogueService
  readonly service: ServiceId
  readonly domain: string
  readonly consumer: SubsystemId
  /** Of `getOpenAPI`: which of the provider's services, and the bus's address as whoever asks knows it. */
  readonly serviceCode: string
  readonly version: string | undefined
  readonly server: string
}

/**
 * The answer in the JSON of X-Road's Service Metadata Protocol for REST.
 * @throws Fault REQUEST_INVALID, TARGET_UNREGISTERED for a description that there is not
 */
export function catalogueJson(question: CatalogueQuestion, catalogue: Catalogue): Uint8Array {
  const provider = providerOf(question.service)
  switch (question.metaservice) {
    case 'listClients':
      return json({
        member: catalogue
          .clients(question.domain)
          .map(({ subsystem, name }) => ({ id: subsystemJson(subsystem), name })),
      })
    case 'listMethods':
      return json({ service: catalogue.methods(provider).map(methodJson) })
    case 'allowedMethods':
      return json({
        service: catalogue.allowedMethods(provider, question.consumer).map(methodJson),
      })
    case 'getOpenAPI': {
      const { serviceCode, version, server } = question
      const code = `${provider}/${serviceCode}` as ServiceCode
      const description = catalogue.description(code, version, 'openapi', server, 'consumer')
      if (description) return description
      const detail = 'There is no such service, or it has no contract.'
      throw new Fault('TARGET_UNREGISTERED', { field: 'serviceCode', detail })
    }
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
