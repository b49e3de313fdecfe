import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { adminAccessOf } from './admin-access-config.js'
import type { Config } from './config.js'
import { loadAdminKey } from './log-keys.js'

const directory = mkdtempSync(join(tmpdir(), 'sluice-test-admin-'))
const clientSecretFile = join(directory, 'oidc.secret')
writeFileSync(clientSecretFile, 'the secret of the client\n')
const emptyFile = join(directory, 'empty')
writeFileSync(emptyFile, '\n')

afterAll(() => rmSync(directory, { recursive: true }))

const oidc = {
  ...{ issuer: 'https://id.example.az', clientId: 'sluice', clientSecretFile },
  redirectUrl: 'https://admin.example.az/v1/sessions/oidc/callback',
}
const read = (changed: Partial<typeof oidc> = {}) =>
  adminAccessOf({ totp: 'optional', oidc: { ...oidc, ...changed } }, 'bus.yaml')

describe('how administrators get in, by configuration', () => {
  it('may be without an OpenID provider', () => {
    expect(adminAccessOf({ totp: 'required' }, 'bus.yaml')).toEqual({ totp: 'required' })
  })

  it('has the client secret from a file, and in no text', () => {
    const { openId } = read()
    expect(openId?.clientSecret.reveal()).toBe('the secret of the client')
    expect(JSON.stringify(openId)).not.toContain('secret of')
  })

  it('may be tried without TLS on this machine', () => {
    expect(read({ issuer: 'http://127.0.0.1:9000' }).openId?.issuer).toBe('http://127.0.0.1:9000')
  })

  it.each([
    [{ issuer: 'http://id.example.az' }, 'admin.oidc.issuer must be an https address'],
    [
      { redirectUrl: 'http://admin.example.az/v1/sessions/oidc/callback' },
      'admin.oidc.redirectUrl',
    ],
    [{ redirectUrl: 'https://admin.example.az/elsewhere' }, 'must end with /v1/sessions'],
    [{ clientSecretFile: join(directory, 'none') }, 'the client secret cannot be read'],
    [{ clientSecretFile: emptyFile }, 'holds no client secret'],
  ])('%j is refused: %s', (changed, why) => {
    expect(() => read(changed)).toThrow(why)
  })
})

describe('the key that seals secrets of one-time codes', () => {
  const config = { directory, keys: undefined } as unknown as Config

  it('is made once, and is the one of the file from then on', () => {
    const key = loadAdminKey(config).reveal()
    expect(key).toHaveLength(32)
    expect(loadAdminKey(config).reveal()).toEqual(key)
  })

  it('may be another file, the same on every node', () => {
    const adminKeyFile = join(directory, 'shared.key')
    writeFileSync(adminKeyFile, Buffer.alloc(32, 7).toString('base64'))
    const keys = { payloadKeyFile: '', pseudonymKeyFile: '', adminKeyFile }
    expect(loadAdminKey({ ...config, keys }).reveal()).toEqual(Buffer.alloc(32, 7))
  })
})
