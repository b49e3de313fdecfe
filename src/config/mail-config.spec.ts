import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { inspect } from 'node:util'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { loadConfig, type Config } from './config.js'
import { ConfigError, readEnvironment } from './env.js'

let folder: string
let passwordFile: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-test-mail-'))
  passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, 'poçtun sirri\n')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function load(more: object): Config {
  const file = join(folder, 'bus.yaml')
  writeFileSync(file, stringify({ management: {}, adapters: {}, ...more }))
  return loadConfig(readEnvironment({ SLUICE_CONFIG: file }), 1)
}

const mail = { host: 'smtp.example.az', from: 'bus@example.az' }

describe('the mail server', () => {
  it('is none where none is named; TLS is what it is asked by', () => {
    expect(load({}).mail).toBeUndefined()
    expect(load({ mail }).mail).toMatchObject({ port: 465, tls: 'implicit', login: undefined })
    expect(load({ mail: { ...mail, tls: 'starttls' } }).mail).toMatchObject({ port: 587 })
  })

  it('has its password from a file, and nothing shows it', () => {
    const config = load({ mail: { ...mail, user: 'sluice', passwordFile } })
    expect(config.mail?.login?.password.reveal()).toBe('poçtun sirri')
    expect(JSON.stringify(config) + inspect(config, { depth: 9 })).not.toContain('sirri')
  })

  it.each([
    ['a network without TLS', { tls: 'none' }],
    ['a login without password', { user: 'sluice' }],
    ['a password that is not there', { user: 'sluice', passwordFile: '/nowhere/password' }],
    ['a sender that is no address', { from: 'bus@example.az\r\nBcc: x@example.az' }],
  ])('is refused with %s', (_what, changed) => {
    expect(() => load({ mail: { ...mail, ...changed } })).toThrow(ConfigError)
  })
})

describe('the reserve centre', () => {
  it('has no standby where nothing is said, and usual limits', () => {
    expect(load({}).reserve).toEqual({ standbys: 0, lagMsMax: 60_000, decisionAfterMs: 900_000 })
    expect(load({ reserve: { standbys: 1, decisionMinutes: 5 } }).reserve).toMatchObject({
      ...{ standbys: 1, decisionAfterMs: 300_000 },
    })
  })
})
