import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { NetworkZones } from './network-zones.js'

const zones = new NetworkZones({
  zones: [
    { name: 'internet', networks: ['0.0.0.0/0', '::/0'] },
    { name: 'protected', networks: ['10.20.0.0/16', '2001:db8:20::/48'] },
    { name: 'operator', networks: ['10.20.7.0/24', '192.168.1.1/32'] },
  ],
  ofLanes: { mq: 'protected' },
})

const made = (...networks: string[][]) => {
  const named = networks.map((each, index) => ({ name: `z${index}`, networks: each }))
  return () => new NetworkZones({ zones: named, ofLanes: {} })
}

describe('the zone of a request (R-110)', () => {
  it.each([
    ['8.8.8.8', 'internet'],
    ['10.20.6.255', 'protected'],
    ['10.20.7.1', 'operator'],
    ['192.168.1.1', 'operator'],
    ['192.168.1.2', 'internet'],
    ['10.21.0.0', 'internet'],
    ['::ffff:10.20.7.1', 'operator'],
    ['::FFFF:10.20.6.1', 'protected'],
    ['2001:db8:20::1', 'protected'],
    ['2001:db8:21::1', 'internet'],
    ['fe80::1%eth0', 'internet'],
    ['::1', 'internet'],
    ['', undefined],
    ['10.20', undefined],
    ['bus.gov.az', undefined],
  ])('of %j is that of the most specific network: %s', (address, zone) => {
    expect(zones.zoneOf('rest', address)).toBe(zone)
  })

  it('is the lane’s, where the operator says so, whatever the address', () => {
    expect(zones.zoneOf('mq', '')).toBe('protected')
    expect(zones.zoneOf('mq', '10.20.7.1')).toBe('protected')
  })

  it('is none where no network holds the address', () => {
    expect(made(['10.0.0.0/8'])().zoneOf('rest', '11.0.0.1')).toBeUndefined()
    expect(made(['0.0.0.0/0'])().zoneOf('rest', '::1')).toBeUndefined()
    expect(made()().zoneOf('rest', '10.0.0.1')).toBeUndefined()
  })

  it('is the same by whichever notation an IPv4 address comes', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(zones.zoneOf('rest', `::ffff:${address}`)).toBe(zones.zoneOf('rest', address))
      }),
    )
  })

  it('never fails, whatever the address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV6(), fc.ipV4Extended()), (address) => {
        expect([undefined, 'internet', 'protected', 'operator']).toContain(
          zones.zoneOf('rest', address),
        )
      }),
    )
  })
})

describe('networks that cannot be used', () => {
  it.each(['10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/8/8', 'a/8', '10.0.0.0/-1', '10.0.0/8'])(
    'no network: %j',
    (network) => expect(made([network])).toThrow(/is no network/),
  )

  it('an IPv4 network inside an IPv6 one, which no request would be found in', () => {
    expect(made(['::ffff:10.0.0.0/104'])).toThrow(/IPv4 network as such/)
  })

  it.each([
    ['10.0.0.0/8', '10.9.9.9/8'],
    ['2001:db8::/32', '2001:0db8:0:0::1/32'],
    ['0.0.0.0/0', '255.0.0.0/0'],
    ['::/0', 'ffff::/0'],
  ])('the same network in two zones: %s and %s', (first, second) => {
    expect(made([first], [second])).toThrow(/named twice/)
    expect(made([first, second])).toThrow(/named twice/)
  })

  it.each([
    ['10.0.0.0/8', '10.0.0.0/9'],
    ['10.0.0.0/9', '10.128.0.0/9'],
    ['::/0', '0.0.0.0/0'],
    ['2001:db8::/32', '2001:db9::/32'],
  ])('but %s and %s are two', (first, second) => {
    expect(made([first], [second])).not.toThrow()
  })

  it('two zones of one name, and a lane in a zone that is none', () => {
    const twice = [
      { name: 'a', networks: ['10.0.0.0/8'] },
      { name: 'a', networks: ['11.0.0.0/8'] },
    ]
    expect(() => new NetworkZones({ zones: twice, ofLanes: {} })).toThrow(/one name/)
    expect(() => new NetworkZones({ zones: [], ofLanes: { mq: 'a' } })).toThrow(/no zone "a"/)
  })
})
