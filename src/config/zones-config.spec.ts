import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { stringify } from 'yaml'
import { loadConfig, type Config } from './config.js'
import { ConfigError, readEnvironment } from './env.js'

const folder = mkdtempSync(join(tmpdir(), 'sluice-test-config-'))
const file = join(folder, 'bus.yaml')

afterAll(() => rmSync(folder, { recursive: true }))

function load(zones: unknown, adapters: object = {}): Config {
  const settings = { management: {}, adapters, ...(zones !== undefined && { zones }) }
  writeFileSync(file, stringify(settings, { aliasDuplicateObjects: false }))
  return loadConfig(readEnvironment({ SLUICE_CONFIG: file }), 1)
}

const internet = { name: 'internet', networks: ['0.0.0.0/0', '::/0'] }

describe('network zones', () => {
  it('are none where none are named', () => {
    expect(load(undefined).zones).toEqual({ zones: [], ofLanes: {} })
  })

  it('are networks by name, and lanes that are in one as a whole; adapters do not see that', () => {
    const { zones, adapters } = load([internet], { rest: { port: 0 }, mq: { zone: 'internet' } })
    expect(zones).toEqual({ zones: [internet], ofLanes: { mq: 'internet' } })
    expect(adapters).toEqual({ rest: { port: 0 }, mq: {} })
  })

  it.each([
    [[internet, internet], {}, 'zones: two zones have one name'],
    [[{ name: 'a', networks: ['10.0.0.0'] }], {}, 'zones: "10.0.0.0" is no network'],
    [[{ name: 'a', networks: [] }], {}, 'zones.0.networks: '],
    [[{ name: 'a/b', networks: ['10.0.0.0/8'] }], {}, 'zones.0.name: cannot be the name'],
    [[{ ...internet, name: 'a' }, internet], {}, 'zones: 0.0.0.0/0 is named twice'],
    [[internet], { mq: { zone: 'cellar' } }, 'zones: there is no zone "cellar"'],
    [[internet], { mq: { zone: 1 } }, 'adapters.mq.zone: must be the name of a zone'],
  ])('that cannot be meant are refused by name: %j %j', (zones, adapters, message) => {
    expect(() => load(zones, adapters)).toThrow(ConfigError)
    expect(() => load(zones, adapters)).toThrow(`${file}: ${message}`)
  })
})
