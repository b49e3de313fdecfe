import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { testSigner } from '../../test/support/test-tree.js'
import { testWitnessSigner } from '../../test/support/witness.js'
import { verifierKeyText } from '../tlog/note-keys.js'
import { loadConfig, type Config } from './config.js'
import { ConfigError, readEnvironment } from './env.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-test-config-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function load(evidence: object): Config {
  const file = join(folder, 'bus.yaml')
  writeFileSync(file, stringify({ management: {}, adapters: {}, evidence }))
  return loadConfig(readEnvironment({ SLUICE_CONFIG: file }), 1)
}

function token(text: string): { readonly api: object } {
  const entriesTokenFile = join(folder, 'token')
  writeFileSync(entriesTokenFile, text)
  return { api: { entriesTokenFile } }
}

const { key } = testWitnessSigner()
const vkey = verifierKeyText(key)

describe('the log API', () => {
  it('is off where it is not named', () => {
    expect(load({})).toMatchObject({ logApi: undefined, witnesses: [] })
  })

  it('is on this machine only, and closed to readers of entries, where nothing more is said', () => {
    const own = { host: '127.0.0.1', port: 8083, entriesToken: undefined }
    expect(load({ api: {} }).logApi).toEqual(own)
  })

  it('takes a token from a file, and shows it to nobody', () => {
    const { logApi } = load(token(`${'a'.repeat(43)}\n`))
    expect(logApi?.entriesToken?.reveal()).toBe('a'.repeat(43))
    expect(JSON.stringify(logApi)).not.toContain('aaa')
  })

  it.each(['', 'short', 'with blanks and so on, long enough to be one', 'ə'.repeat(40)])(
    'takes no token that is empty, could be guessed, or fits no header: %j',
    (text) => {
      expect(() => load(token(text))).toThrow(ConfigError)
    },
  )

  it('takes no file that is not there', () => {
    expect(() => load({ api: { entriesTokenFile: join(folder, 'none') } })).toThrow(ConfigError)
  })
})

describe('witnesses', () => {
  it('have a name, a key, and perhaps an address and logs of their own', () => {
    const url = 'https://witness.example/'
    const { witnesses } = load({ witnesses: [{ name: key.name, vkey, url, logs: ['audit'] }] })
    expect(witnesses).toMatchObject([
      { address: 'https://witness.example', logs: ['audit'], key: { keyId: key.keyId } },
    ])
  })

  it.each([
    ['another name than their key', [{ name: 'other', vkey }]],
    ['a key that is none', [{ name: key.name, vkey: 'x' }]],
    ['a log’s key', [{ name: 'log', vkey: verifierKeyText(testSigner('log').key) }]],
    [
      'one name twice',
      [
        { name: key.name, vkey },
        { name: key.name, vkey },
      ],
    ],
    ['an address of another scheme', [{ name: key.name, vkey, url: 'file:///etc' }]],
  ])('do not have %s', (_name, witnesses) => {
    expect(() => load({ witnesses })).toThrow(ConfigError)
  })
})
