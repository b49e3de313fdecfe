import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { makeTlsFiles, type TlsFiles } from '../../test/support/tls-lane.js'
import { loadConfig, type Config } from './config.js'
import { ConfigError, readEnvironment } from './env.js'

let folder: string
let own: TlsFiles
let other: TlsFiles

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-test-config-'))
  own = await makeTlsFiles()
  other = await makeTlsFiles()
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  own.remove()
  other.remove()
})

const tlsOf = ({ keyFile, certificateFile }: TlsFiles) => ({ keyFile, certificateFile })

function place(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

function load(admin: object | undefined, env: NodeJS.ProcessEnv = {}): Config['admin'] {
  const file = place('bus.yaml', stringify({ management: {}, adapters: {}, admin }))
  return loadConfig(readEnvironment({ SLUICE_CONFIG: file, ...env }), 1).admin
}

describe('the admin API', () => {
  it('is off where it is not named, whatever the environment says', () => {
    expect(load(undefined, { SLUICE_ADMIN_PORT: '9000' })).toBeUndefined()
  })

  it('is on this machine only, where nothing more is said', () => {
    expect(load({})).toEqual({
      ...{ host: '127.0.0.1', port: 8084, tls: undefined, publicUrl: undefined },
      ...{ totp: 'optional', openId: undefined, connectionDesk: 'required' },
      ...{ totp: 'optional', openId: undefined, maintenanceNoticeHours: 48 },
      ...{ totp: 'optional', openId: undefined, separationOfDuties: true },
      conformity: { privateAddresses: [], authorities: undefined, plainHttp: false },
    })
  })

  it('has systems and services made by connection cases only, unless it says otherwise', () => {
    expect(load({ connectionDesk: 'optional' })).toMatchObject({ connectionDesk: 'optional' })
    expect(() => load({ connectionDesk: 'never' })).toThrow(ConfigError)
  })

  it('has its port from the environment, where that names one', () => {
    expect(load({ port: 9001 }, { SLUICE_ADMIN_PORT: '9002' })).toMatchObject({ port: 9002 })
  })

  it('is reached over a network by TLS, of its own or of what stands before it', () => {
    expect(load({ host: '0.0.0.0', tls: tlsOf(own) })?.tls?.certificate).toContain(
      'BEGIN CERTIFICATE',
    )
    expect(load({ host: '::1' })).toMatchObject({ host: '::1' })
    const publicUrl = 'https://admin.example.az/'
    expect(load({ host: '10.0.0.5', publicUrl })).toMatchObject({
      publicUrl: 'https://admin.example.az',
    })
    expect(() => load({ host: '0.0.0.0' })).toThrow(/is reached over a network/)
    expect(() => load({ host: '0.0.0.0', publicUrl: 'http://a.example' })).toThrow(ConfigError)
  })

  it('shows its key to nobody', () => {
    expect(JSON.stringify(load({ tls: tlsOf(own) }))).not.toContain('PRIVATE')
  })

  it.each([
    ['a key of another certificate', () => ({ ...tlsOf(own), keyFile: other.keyFile })],
    ['a file without a key', () => ({ ...tlsOf(own), keyFile: own.caFile })],
    ['a file without a certificate', () => ({ ...tlsOf(own), certificateFile: own.keyFile })],
    ['a file that is not there', () => ({ ...tlsOf(own), keyFile: join(folder, 'none') })],
    ['authorities that are none', () => ({ ...tlsOf(own), clientAuthoritiesFile: own.keyFile })],
  ])('does not take %s', (_what, tls) => {
    expect(() => load({ tls: tls() })).toThrow(ConfigError)
  })
})
