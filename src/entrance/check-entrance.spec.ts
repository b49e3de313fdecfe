import { describe, expect, it } from '@jest/globals'
import { sampleConsumer, sampleIdentified } from '../../test/support/sample-exchange.js'
import { Fault } from '../exchange/fault.js'
import { parseSubsystemId } from '../exchange/identifier.js'
import type { RegisteredKey } from '../trust/signer-directory.js'
import { checkArrival, createCheckEntrance, type EntranceTerms } from './check-entrance.js'
import { NetworkZones } from './network-zones.js'

const zones = new NetworkZones({
  zones: [
    { name: 'internet', networks: ['0.0.0.0/0'] },
    { name: 'protected', networks: ['10.20.0.0/16'] },
  ],
  ofLanes: {},
})

const anywhere: EntranceTerms = { zones: [], clientCertificate: false }
const other = parseSubsystemId('AZ/GOV/DIN/GCQ')
const owners: Readonly<Record<string, string>> = {
  own: sampleConsumer,
  revoked: sampleConsumer,
  other,
}

const signers = {
  key(thumbprint: string): RegisteredKey {
    const subsystem = owners[thumbprint]
    if (subsystem === undefined) throw new Fault('CERT_UNKNOWN')
    return { signer: { subsystem } } as unknown as RegisteredKey
  },
  checkCertificate(thumbprint: string): void {
    if (thumbprint === 'revoked') throw new Fault('CERT_REVOKED')
    if (thumbprint === 'other') throw new Error('nobody may be told of it')
  },
}

function entering(
  terms: EntranceTerms | undefined,
  way: { readonly remoteAddress?: string; readonly clientCertificate?: string } = {},
): () => void {
  const check = createCheckEntrance({
    subsystems: () => new Map(terms ? [[sampleConsumer, terms]] : []),
    signers,
    zones,
  })
  const identified = { ...sampleIdentified(), remoteAddress: '10.20.0.1', ...way }
  return () => check(identified)
}

function faultOf(work: () => void): Fault {
  try {
    work()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('from which network a subsystem may come (R-110)', () => {
  it('from any where the registry names none, and who is not registered is step 2’s to refuse', () => {
    expect(entering(anywhere, { remoteAddress: '' })).not.toThrow()
    expect(entering(undefined, { remoteAddress: '' })).not.toThrow()
  })

  it('from those that it is bound to', () => {
    expect(entering({ ...anywhere, zones: ['protected', 'cellar'] })).not.toThrow()
  })

  it.each([
    ['another', ['protected'], '11.0.0.1', 'came from zone "internet", may come from protected'],
    ['none', ['protected'], '', 'came from no zone, may come from protected'],
    ['one that it is not bound to', ['cellar'], '10.20.0.1', /may come from cellar/],
  ])('never from %s; which, only the system log is told', (_what, bound, remoteAddress, cause) => {
    const fault = faultOf(entering({ ...anywhere, zones: bound }, { remoteAddress }))
    expect(fault).toMatchObject({ code: 'ZONE_FORBIDDEN', side: 'consumer', detail: undefined })
    expect((fault.cause as Error).message).toMatch(cause)
  })
})

describe('mutual TLS where the registry asks for it', () => {
  const bound = { ...anywhere, clientCertificate: true }

  it('with a certificate of its own', () => {
    expect(entering(bound, { clientCertificate: 'own' })).not.toThrow()
  })

  it('is nothing to who is not bound to it, whatever certificate there is', () => {
    expect(entering(anywhere, { clientCertificate: 'foreign' })).not.toThrow()
  })

  it.each([
    [undefined, /has no client certificate/],
    ['foreign', /is not registered/],
    ['revoked', /not good any more: CERT_REVOKED/],
    ['other', /belongs to another system/],
  ])('is refused with %s, and says which part is missing', (clientCertificate, detail) => {
    const way = clientCertificate === undefined ? {} : { clientCertificate }
    const fault = faultOf(entering(bound, way))
    expect(fault.code).toBe('CERT_SENDER_MISMATCH')
    expect(fault.detail).toMatch(detail)
    expect(fault.cause).toBeDefined()
  })
})

describe('what comes by queues, of which a broker says neither address nor certificate', () => {
  const arrival = {
    ...{ subsystem: sampleConsumer, protocol: 'mq', remoteAddress: '' },
    clientCertificate: undefined,
  }
  const inZone = new NetworkZones({
    zones: [{ name: 'protected', networks: ['10.20.0.0/16'] }],
    ofLanes: { mq: 'protected' },
  })
  const coming = (terms: EntranceTerms, of: NetworkZones) => () =>
    checkArrival(arrival, {
      ...{ signers, zones: of },
      subsystems: () => new Map([[sampleConsumer, terms]]),
    })

  it('is of the zone that the operator puts the lane into, and of none without', () => {
    const bound = { ...anywhere, zones: ['protected'] }
    expect(coming(bound, inZone)).not.toThrow()
    expect(coming(bound, zones)).toThrow('ZONE_FORBIDDEN')
    expect(coming(anywhere, zones)).not.toThrow()
  })

  it('is refused of who comes by mutual TLS only', () => {
    const bound = { ...anywhere, clientCertificate: true }
    expect(coming(bound, inZone)).toThrow(/CERT_SENDER_MISMATCH: .*no client certificate/)
  })
})
