import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { brokerUrlOf, ConfigError, managementUrlOf, type Environment } from './env.js'
import type { Secret } from './secrets.js'

export const brokerSchema = z.strictObject({
  /** Holds a password, so a file that only the bus reads is better. */
  url: z.string().optional(),
  urlFile: z.string().optional(),
  managementUrl: z.string().optional(),
  managementUrlFile: z.string().optional(),
  /** Whether the node runs a broker of its own, where no other is named. */
  private: z.boolean().default(false),
})

/** Where the broker is. */
export interface BrokerConfig {
  /** Undefined where the node runs a broker of its own, until the supervisor has named its address to the workers. */
  readonly url: Secret<string> | undefined
  /** Of an external broker; without it its users' rights are not looked after. */
  readonly managementUrl: Secret<string> | undefined
  readonly isPrivate: boolean
}

/**
 * What file and environment say of the broker; the environment has the last word.
 * @throws ConfigError for what is no address, is given twice, or cannot be read
 */
export function brokerOf(
  file: z.infer<typeof brokerSchema> | undefined,
  { brokerUrl, brokerManagementUrl }: Pick<Environment, 'brokerUrl' | 'brokerManagementUrl'>,
): BrokerConfig | undefined {
  const url = brokerUrl ?? brokerUrlOf(textOf(file?.url, file?.urlFile, 'broker.url'), 'broker.url')
  const managementText = textOf(
    file?.managementUrl,
    file?.managementUrlFile,
    'broker.managementUrl',
  )
  const managementUrl =
    brokerManagementUrl ?? managementUrlOf(managementText, 'broker.managementUrl')
  const isPrivate = url === undefined && file?.private === true
  if (!url && managementUrl) {
    throw new ConfigError('broker.managementUrl is of a broker that broker.url has to name')
  }
  return url || isPrivate ? { url, managementUrl, isPrivate } : undefined
}

function textOf(
  text: string | undefined,
  path: string | undefined,
  setting: string,
): string | undefined {
  if (text !== undefined && path !== undefined) {
    throw new ConfigError(`${setting} and ${setting}File are two places for one thing`)
  }
  if (path === undefined) return text
  try {
    return readFileSync(resolve(path), 'utf8').trim()
  } catch (error) {
    throw new ConfigError(`${setting}File: ${resolve(path)} cannot be read`, { cause: error })
  }
}
