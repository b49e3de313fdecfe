import { Secret } from '../../src/config/secrets.js'
import { fieldsOf, integerOf, recordOf, SettingsError } from '../../src/http/read-settings.js'
import { defaultLimits, type Limits } from '../../src/limits/default-limits.js'
import { mqLimits } from '../../src/limits/queues.js'

export interface MqSettings {
  /** `amqp://` or `amqps://`, with user, password and virtual host. */
  readonly url: Secret<string>
  /** The bus's own limits where they are lower than those of queues. */
  readonly payloadBytesMax: number
}

/**
 * Parses the adapter's settings strictly. The composition root says where the broker is, and puts the limits of the
 * bus beside it.
 * @throws SettingsError
 */
export function parseSettings(settings: unknown): MqSettings {
  const { url, limits } = fieldsOf(settings, 'settings', ['url', 'limits'])
  return { url: urlOf(url), payloadBytesMax: payloadBytesMaxOf(limits ?? {}) }
}

function urlOf(value: unknown): Secret<string> {
  if (!(value instanceof Secret)) throw new SettingsError('url: there is no broker')
  const text: unknown = value.reveal()
  if (typeof text === 'string' && /^amqps?:\/\/./.test(text) && URL.canParse(text)) {
    return value as Secret<string>
  }
  throw new SettingsError('url: must be an amqp or amqps address')
}

function payloadBytesMaxOf(limits: unknown): number {
  const name = 'payloadBytesMax' satisfies keyof Limits
  const value = recordOf(limits, 'limits')[name] ?? defaultLimits[name]
  const bytes = integerOf(value, `limits.${name}`, 1, Number.MAX_SAFE_INTEGER)
  return Math.min(bytes, mqLimits.payloadBytesMax)
}
