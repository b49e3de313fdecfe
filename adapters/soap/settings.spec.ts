import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sendBytes } from '../../test/support/rest-lane.js'
import { serviceId, soapBusStub, soapEcho, soapTools } from '../../test/support/soap-lane.js'
import { createAdapter } from './adapter.js'
import { parseSettings } from './settings.js'

const wsdl =
  '<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/">' +
  '<w:binding name="B" type="T"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/></w:binding>' +
  '<w:service name="S"><w:port name="P" binding="B"><s:address location="http://10.1.2.3/asmx"/></w:port></w:service>' +
  '</w:definitions>'

let folder: string
let file: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-wsdl-'))
  file = join(folder, 'fin.wsdl')
  writeFileSync(file, wsdl)
})

afterAll(() => rmSync(folder, { recursive: true }))

const address = 'https://bus.gov.az/soap'

describe('descriptions', () => {
  it('are served with the address and the policy of the bus, and without an exchange', async () => {
    const bus = soapBusStub(soapEcho)
    const settings = { port: 0, limits: {}, wsdl: { address, services: { [serviceId]: { file } } } }
    const listening = await createAdapter(settings, soapTools()).listen!(bus)
    const ask = async (target: string): Promise<string> => {
      const head = `GET ${target} HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n`
      return (await sendBytes(Number(new URL(listening.address).port), head)).text
    }
    const served = await ask(`/${serviceId}?wsdl`)
    expect(served).toMatch(/^HTTP\/1\.1 200 /)
    expect(served).toContain(`location="${address}"`)
    expect(served).toContain('<sp:SignedParts>')
    expect(served).not.toContain('10.1.2.3')
    expect(bus.received).toEqual([])
    expect(await ask('/AZ/GOV/DIN/GCQ/yoxdur/v1?wsdl')).toMatch(/^HTTP\/1\.1 404 /)
    expect(await ask('/%C3%28?wsdl')).toMatch(/^HTTP\/1\.1 404 /)
    await listening.close()
  })

  it.each<[string, (file: string) => unknown, string]>([
    [
      'an address that is none',
      (f) => ({ address: 'bus', services: { [serviceId]: { file: f } } }),
      'wsdl.address',
    ],
    [
      'no file',
      () => ({ address, services: { [serviceId]: { file: 'yoxdur' } } }),
      'file: cannot be read',
    ],
    [
      'a service without version',
      (f) => ({ address, services: { 'AZ/GOV/DIN/GCQ/fin': { file: f } } }),
      'AZ/GOV/DIN/GCQ/fin',
    ],
    [
      'an unknown key',
      (f) => ({ address, services: { [serviceId]: { file: f, x: 1 } } }),
      'unknown x',
    ],
    [
      'a file that is no WSDL',
      () => ({ address, services: { [serviceId]: { file: 'package.json' } } }),
      'WSDL',
    ],
  ])('%s: the start is refused by name', (_what, wish, words) => {
    expect(() => parseSettings({ limits: {}, wsdl: wish(file) }, true)).toThrow(words)
  })

  it('promise RSA, so a bus without an RSA key serves none', () => {
    const settings = { limits: {}, wsdl: { address, services: { [serviceId]: { file } } } }
    expect(() => parseSettings(settings, false)).toThrow('wsdl: the policy')
    expect(() => parseSettings({ limits: {} }, false)).not.toThrow()
  })
})
