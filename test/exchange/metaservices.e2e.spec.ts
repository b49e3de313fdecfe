import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { BusProcess } from '../../src/bus-process.js'
import { sampleRight, sampleService, services, subsystems } from '../support/whole-bus-sample.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { TestSoapConsumer, type SoapAnswer } from '../support/whole-bus-soap.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'
import { xroad } from '../support/wss.js'

let bus: WholeBus
let soap: TestSoapConsumer

beforeAll(async () => {
  bus = await startWholeBus({ soap: {} })
  const { providers, identities, busCertificate, authority } = bus
  await bus.registry.change(subsystems.taxes, {
    services: [
      sampleService('voenTap', providers.taxes.address),
      sampleService('gizliAxtaris', providers.taxes.address, { protocol: 'soap' }),
      sampleService('legv', providers.taxes.address, { status: 'liquidated' }),
    ],
  })
  soap = new TestSoapConsumer({
    ...{ address: bus.app.get(BusProcess).addresses[1]!, consumer: subsystems.portal },
    ...{ credentials: identities.portal, busCertificate, authority },
  })
})

afterAll(async () => {
  soap.close()
  await bus.close()
})

const ask = (service: string, rest = '') => bus.portal.call({ method: 'GET', service, rest })

describe('metaservices of X-Road in REST: signed, logged, without an access right', () => {
  it('listMethods tells what a subsystem offers, by name and version', async () => {
    const answer = await ask(`${subsystems.taxes}/listMethods`)
    const [request] = await expectAnswered(bus, answer)
    expect(request).toMatchObject({ service: `${subsystems.taxes}/listMethods/v1`, mode: 'body' })
    expect(request.rightId).toBeUndefined()
    const { service } = JSON.parse(answer.payload.toString()) as { service: unknown[] }
    expect(service).toEqual(
      ['gizliAxtaris', 'voenTap'].map((code) => ({
        ...{ object_type: 'SERVICE', xroad_instance: 'AZ', member_class: 'GOV' },
        ...{ member_code: 'VN', subsystem_code: 'VERGI', service_code: code },
        ...{ service_version: 'v1', service_type: 'REST' },
      })),
    )
  })

  it('allowedMethods tells those that the asking subsystem may call now', async () => {
    const answer = await ask(`${subsystems.taxes}/allowedMethods`)
    await expectAnswered(bus, answer)
    const { service } = JSON.parse(answer.payload.toString()) as {
      service: { service_code: string }[]
    }
    expect(service.map(({ service_code: code }) => code)).toEqual(['voenTap'])
    await bus.registry.apply({
      accessRights: [sampleRight(subsystems.portal, `${subsystems.taxes}/gizliAxtaris`)],
    })
    const more = await ask(`${subsystems.taxes}/allowedMethods`)
    expect(more.payload.toString()).toContain('"service_code":"gizliAxtaris"')
  })

  it('listClients tells who is in the domain of whoever asks', async () => {
    const answer = await bus.portal.send(bus.portal.sign({ method: 'GET', target: '/listClients' }))
    await expectAnswered(bus, answer)
    const { member } = JSON.parse(answer.payload.toString()) as {
      member: { id: Record<string, string>; name: string }[]
    }
    const subsystemsListed = member.map(({ id }) =>
      [id.xroad_instance, id.member_class, id.member_code, id.subsystem_code].join('/'),
    )
    expect(subsystemsListed).toEqual(Object.values(subsystems).toSorted())
  })

  it.each([
    ['an unknown subsystem', 'AZ/GOV/VN/YOXDUR/listMethods', '', 'TARGET_UNREGISTERED', undefined],
    [
      'a service without a contract',
      `${subsystems.taxes}/getOpenAPI`,
      '?serviceCode=voenTap',
      'TARGET_UNREGISTERED',
      'serviceCode',
    ],
    ['what is asked in SOAP', `${subsystems.taxes}/getWsdl`, '', 'REQUEST_INVALID', 'path'],
  ] as const)('refuses %s', async (_, service, rest, code, field) => {
    await expectRefused(bus, await ask(service, rest), code, field ? { field, entries: 2 } : {})
  })

  it('refuses another method than GET, and a request without a signature', async () => {
    const posted = await bus.portal.call({ service: `${subsystems.taxes}/listMethods` })
    await expectRefused(bus, posted, 'REQUEST_INVALID', { field: 'method', entries: 2 })
    const { status } = await fetch(`${bus.portal.address}/r1/${subsystems.taxes}/listMethods`)
    expect(status).toBe(401)
  })

  it('no service can be registered under such a name', async () => {
    const service = sampleService('listMethods', bus.providers.taxes.address)
    await expect(bus.registry.change(subsystems.taxes, { services: [service] })).rejects.toThrow(
      /metaservice/,
    )
  })

  it('a description that there is not is 404 without a word', async () => {
    const response = await fetch(`${bus.portal.address}/openapi/${services.taxes}`)
    expect([response.status, await response.text()]).toEqual([404, ''])
  })
})

describe('metaservices of X-Road in SOAP', () => {
  const call = (name: string, content = ''): Promise<SoapAnswer> =>
    soap.call({
      service: `${subsystems.taxes}/${name}`,
      body: `<x:${name} xmlns:x="${xroad}">${content}</x:${name}>`,
    })

  it.each(['listMethods', 'allowedMethods'])('%s answers in the Body', async (name) => {
    const answer = await call(name)
    expect({ status: answer.status, fault: answer.fault }).toEqual({
      status: 200,
      fault: undefined,
    })
    const [response] = answer.verified.body.children()
    expect([response?.namespace, response?.localName]).toEqual([xroad, `${name}Response`])
    const listed = response!.children().map((service) =>
      service
        .children()
        .map((part) => part.text())
        .join('/'),
    )
    expect(listed).toContain(services.taxes)
  })

  it('getWsdl of a service without a contract, or that names none, is refused', async () => {
    const known = await call('getWsdl', '<x:serviceCode>voenTap</x:serviceCode>')
    expect(known.fault).toBe('TARGET_UNREGISTERED')
    expect((await call('getWsdl')).fault).toBe('REQUEST_INVALID')
  })
})
