import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Pkcs11Config } from '../config/ca-config.js'
import { ConfigError } from '../config/env.js'
import { Secret } from '../config/secrets.js'
import { CaError } from './ca-error.js'
import { pkcs11OutputBytesMax, pkcs11SignMsMax } from './limits.js'

/** One run of OpenSC's `pkcs11-tool`. */
export interface ToolRun {
  readonly args: readonly string[]
  readonly input?: Uint8Array
  readonly logsIn?: boolean
  readonly timeMsMax?: number
}

/** The variable that hands the tool its PIN: arguments are there for everybody on the machine to read. */
const pinVariable = 'SLUICE_CA_PIN'
const searchedFolders = '/usr/local/bin:/usr/bin:/bin'

/**
 * Runs the tool with a token: in bounded time, with bounded output, and with an environment that has no other
 * secret of the bus. No native code of a vendor is ever loaded into this process.
 */
export class Pkcs11Tool {
  readonly #config: Pkcs11Config
  readonly #pin: Secret<string>

  /** @throws ConfigError for a PIN that cannot be read */
  constructor(config: Pkcs11Config) {
    this.#config = config
    this.#pin = readPin(config.pinFile)
  }

  /**
   * @returns standard output
   * @throws CaError CA_KEY_UNAVAILABLE, in words without PIN or path
   */
  run({ args, input, logsIn = false, timeMsMax = pkcs11SignMsMax }: ToolRun): Promise<Buffer> {
    const { module, token } = this.#config
    const login = logsIn ? ['--login', '--pin', `env:${pinVariable}`] : []
    const whole = ['--module', module, '--token-label', token, ...login, ...args]
    return new Promise((resolve, reject) => {
      const child = execFile(
        'pkcs11-tool',
        whole,
        {
          encoding: 'buffer',
          env: this.#environment(logsIn),
          timeout: timeMsMax,
          killSignal: 'SIGKILL',
          maxBuffer: pkcs11OutputBytesMax,
        },
        (error, stdout, stderr) => {
          if (error) reject(unavailable(error, stderr))
          else resolve(stdout)
        },
      )
      // A tool that ends before it has read says so by its exit code.
      child.stdin?.on('error', () => undefined)
      child.stdin?.end(input)
    })
  }

  #environment(logsIn: boolean): NodeJS.ProcessEnv {
    return {
      ...this.#config.environment,
      ...{ PATH: searchedFolders, LC_ALL: 'C' },
      ...(logsIn && { [pinVariable]: this.#pin.reveal() }),
    }
  }
}

function readPin(path: string): Secret<string> {
  let pin: string
  try {
    pin = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new ConfigError(`${path}: the PIN of the token cannot be read`, { cause: error })
  }
  if (!/^[\x20-\x7e]{4,255}$/.test(pin)) {
    throw new ConfigError(`${path}: must hold a PIN of 4 to 255 characters`)
  }
  return new Secret(pin)
}

function unavailable(error: Error & { code?: unknown; killed?: boolean }, stderr: Buffer): CaError {
  const said = stderr.toString('latin1')
  const word = /\bCKR_[A-Z_]+/.exec(said)?.[0] ?? reasonOf(error, said)
  return new CaError('CA_KEY_UNAVAILABLE', `The token does not do its part: ${word}.`, {
    cause: error,
  })
}

function reasonOf({ code, killed }: { code?: unknown; killed?: boolean }, said: string): string {
  if (code === 'ENOENT') return 'pkcs11-tool (OpenSC) is not installed'
  if (killed) return 'it took too long'
  if (/No slot with token/.test(said)) return 'there is no such token'
  return 'pkcs11-tool failed'
}
