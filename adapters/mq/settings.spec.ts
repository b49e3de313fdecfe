import { describe, expect, it } from '@jest/globals'
import { Secret } from '../../src/config/secrets.js'
import { SettingsError } from '../../src/http/read-settings.js'
import { mqLimits } from '../../src/limits/queues.js'
import { parseSettings } from './settings.js'

const url = new Secret('amqp://sluice:secret@127.0.0.1:5672/sluice')

describe('settings of the MQ lane', () => {
  it('are the broker’s address and the lower of two limits', () => {
    const { payloadBytesMax } = mqLimits
    expect(parseSettings({ url, limits: { payloadBytesMax: 1_000 } })).toEqual({
      url,
      payloadBytesMax: 1_000,
    })
    const large = { payloadBytesMax: payloadBytesMax + 1 }
    expect(parseSettings({ url, limits: large }).payloadBytesMax).toBe(payloadBytesMax)
  })

  it.each([
    ['none', undefined],
    ['no broker', {}],
    ['an address that anybody may print', { url: url.reveal() }],
    ['an address of another protocol', { url: new Secret('https://127.0.0.1') }],
    ['an address that is none', { url: new Secret('amqp://[') }],
    ['a limit of nothing', { url, limits: { payloadBytesMax: 0 } }],
    ['a limit that is no number', { url, limits: { payloadBytesMax: '1' } }],
    ['a field that nobody knows', { url, host: 'x' }],
  ])('are refused: %s', (_, settings) => {
    const parse = (): unknown => parseSettings(settings)
    expect(parse).toThrow(SettingsError)
    expect(parse).not.toThrow(/secret/)
  })
})
