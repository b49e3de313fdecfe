import { describe, expect, it } from '@jest/globals'
import { AddressPolicy } from './address-policy.js'
import { SettingsError } from './read-settings.js'
import { parseHttpSettings } from './settings.js'

describe('settings', () => {
  it('have defaults for everything', () => {
    expect(parseHttpSettings({})).toMatchObject({
      host: '127.0.0.1',
      port: 0,
      publicScheme: 'http',
      tls: undefined,
      authorities: undefined,
      limits: { headBytesMax: 16_384, headersMax: 100 },
      outbound: { privateAddresses: [], ca: undefined },
    })
  })

  it("take their own out of the bus's table of limits", () => {
    const { limits } = parseHttpSettings({ limits: { headersMax: 7, exchangesMax: 9 } })
    expect(limits.headersMax).toBe(7)
    expect(limits).not.toHaveProperty('exchangesMax')
  })

  it('know the bus by its authorities as signatures do: lower case, without the default port', () => {
    const names = ['Sluice.gov.az:443', '[2001:DB8::1]:8443']
    const { authorities } = parseHttpSettings({ authorities: names, publicScheme: 'https' })
    expect([...authorities!]).toEqual(['sluice.gov.az', '[2001:db8::1]:8443'])
  })

  it.each([
    [undefined, 'settings: must be a table'],
    [[], 'settings: must be a table'],
    [{ hots: 1 }, 'settings: unknown hots; known are host'],
    [{ outbound: { proxy: 1 } }, 'outbound: unknown proxy'],
    [{ tls: { certificateFile: 1 } }, 'tls.certificateFile: must be a text'],
    [{ tls: { certificateFile: '/no/such/file' } }, 'tls.certificateFile: cannot be read'],
    [{ outbound: { caFile: '/no/such/file' } }, 'outbound.caFile: cannot be read'],
    [{ host: '' }, 'host: must be a text'],
    [{ port: 65_536 }, 'port: must be a whole number from 0 to 65535'],
    [{ port: '80' }, 'port: must be a whole number'],
    [{ publicScheme: 'ftp' }, 'publicScheme: must be http or https'],
    [{ authorities: 'sluice.gov.az' }, 'authorities: must be a list'],
    [{ authorities: [] }, 'authorities: must name at least one'],
    [{ authorities: ['a', 'https://b'] }, 'authorities[1]: must be a host name'],
    [{ limits: { headersMax: 0 } }, 'limits.headersMax: must be a whole number'],
    [{ limits: { headersMax: 1.5 } }, 'limits.headersMax: must be a whole number'],
    [{ outbound: { privateAddresses: '10.0.0.0/8' } }, 'outbound.privateAddresses: must be a list'],
    [{ outbound: { privateAddresses: [1] } }, 'outbound.privateAddresses[0]: must be a text'],
  ])('%j are refused by name', (settings, message) => {
    expect(() => parseHttpSettings(settings)).toThrow(SettingsError)
    expect(() => parseHttpSettings(settings)).toThrow(message)
  })
})

describe('addresses that the bus may connect to', () => {
  it.each([
    ...['127.0.0.1', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254'],
    ...['100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255', '::', '::1', 'fd00::1', 'fe80::1'],
    ...['::ffff:10.0.0.1', '::10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::', 'ff02::1', 'localhost'],
    ...['fd00:ec2::254', '', '1.2.3', '8.8.8.8x'],
  ])('%s is not public', (address) => {
    expect(new AddressPolicy([]).allows(address)).toBe(false)
  })

  it.each(['8.8.8.8', '172.32.0.1', '193.0.14.129', '2a00:1450:4001::1', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => {
      expect(new AddressPolicy([]).allows(address)).toBe(true)
    },
  )

  it('a listed network is allowed, and nothing beside it', () => {
    const policy = new AddressPolicy(['10.20.0.0/16', 'fd12::/16', '127.0.0.1/32'])
    for (const address of ['10.20.1.1', '::ffff:10.20.1.1', 'fd12::1', '127.0.0.1']) {
      expect(policy.allows(address)).toBe(true)
    }
    for (const address of ['10.21.0.1', 'fd13::1', '127.0.0.2']) {
      expect(policy.allows(address)).toBe(false)
    }
  })

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', 'din.gov.az/8', '::/129', '10.0.0.0/-1'])(
    '%s is no network',
    (network) => {
      expect(() => new AddressPolicy([network])).toThrow(SettingsError)
    },
  )
})
