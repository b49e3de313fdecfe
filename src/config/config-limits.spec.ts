import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { stringify } from 'yaml'
import { defaultLimits, type Limits } from '../limits/default-limits.js'
import { loadConfig, type Config } from './config.js'
import { ConfigError, readEnvironment } from './env.js'

const folder = mkdtempSync(join(tmpdir(), 'sluice-test-config-'))
const file = join(folder, 'bus.yaml')

afterAll(() => rmSync(folder, { recursive: true }))

function configWith(limits: Partial<Limits>): Config {
  writeFileSync(file, stringify({ management: {}, limits, adapters: {} }))
  return loadConfig(readEnvironment({ SLUICE_CONFIG: file }), 1)
}

describe('limits', () => {
  it('are those of the bus where the file names none', () => {
    expect(configWith({}).limits).toEqual(defaultLimits)
  })

  it.each([
    [{ replayWindowMs: 599_999 }, 'replayWindowMs'],
    [{ drainTimeoutMs: 180_000 }, 'drainTimeoutMs'],
    [{ replyTimeoutMs: 80_000 }, 'drainTimeoutMs'],
    [{ payloadBytesPerConsumerMax: 67_108_863 }, 'payloadBytesPerConsumerMax'],
    [{ payloadBytesInFlightMax: 67_108_863 }, 'payloadBytesInFlightMax'],
    [{ replyBytesInFlightMax: 67_108_863 }, 'replyBytesInFlightMax'],
    [{ spoolBytesPerConsumerMax: 67_108_863 }, 'spoolBytesPerConsumerMax'],
    [{ spoolBytesMax: 536_870_911 }, 'spoolBytesMax'],
    [{ registryStaleMsMax: 1_000 }, 'registryStaleMsMax'],
  ])('that make no sense together are refused by name: %j', (limits, name) => {
    expect(() => configWith(limits)).toThrow(ConfigError)
    expect(() => configWith(limits)).toThrow(`${file}: limits.${name} must be`)
  })
})
