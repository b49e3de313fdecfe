import { hash, type KeyObject } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { checkConformity, isFreeOfFailures } from '../conformity/check-conformity.js'
import type { ConformityTools } from '../conformity/conformity-tools.js'
import { missingData } from '../conformity/missing-data.js'
import { protocolJson } from '../conformity/protocol-json.js'
import { readApplicationFile } from '../conformity/read-application-file.js'
import type { ConnectionApplication } from '../conformity/application.js'
import type { ApplicationFlaw } from '../conformity/application-flaw.js'
import type { CheckProtocol } from '../conformity/requirement.js'
import { readContractFolder } from '../contract/contract-files.js'
import { AddressPolicy } from '../http/address-policy.js'
import { SettingsError } from '../http/read-settings.js'
import { newExchangeId } from '../new-exchange-id.js'
import { createHttpSigner } from '../trust/http-signer.js'
import { issueRoot } from '../trust/issuing/issue-certificate.js'
import { makeKeyPair } from '../trust/issuing/key-pair.js'
import { createSoapSigner } from '../trust/wss/sign-message.js'
import { readInput } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { withUsage } from './command-usage.js'
import { registryAt, requirementsAt, type HeldTo } from './conformity-bus.js'
import { readOptions, usage, type ConformityOptions } from './conformity-options.js'
import { builtInWarning, flawLine, protocolLines } from './conformity-text.js'
import { checkNewFile } from './file-trouble.js'
import { readSystem } from './send-identities.js'

/** Writes a new file. */
export type WriteNew = (path: string, content: Uint8Array) => Promise<void>

/**
 * `sluice conformity run`.
 * @returns exit code: 0 nothing fails, 1 something fails, 2 wrong use or no application
 */
export function conformityRun(
  args: readonly string[],
  io: FileCommandIo,
  writeNew: WriteNew,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<number> {
  return withUsage(io, usage, async () => {
    const options = readOptions(args)
    if (options === 'help') return 'help'
    if (options.out !== undefined) await checkNewFile(options.out)
    const application = await applicationAt(options, io)
    const heldTo = await requirementsAt(options, io)
    const tools = await toolsOf(options, io, environment['SLUICE_TOKEN'])
    const protocol = await checkConformity(application, heldTo.set, tools)
    const missing = missingData(application)
    await tell(options, { application, protocol, missing, heldTo }, io, writeNew)
    return isFreeOfFailures(protocol) && missing.length === 0 ? 0 : 1
  })
}

/** @throws UsageError with every flaw */
async function applicationAt(
  { application: path, language }: ConformityOptions,
  io: FileCommandIo,
): Promise<ConnectionApplication> {
  const { application, flaws } = readApplicationFile(await readInput(path, io))
  if (application) return application
  throw new UsageError(flaws.map((each) => `${path}: ${flawLine(each, language)}`).join('\n'))
}

async function toolsOf(
  options: ConformityOptions,
  io: FileCommandIo,
  token: string | undefined,
): Promise<ConformityTools> {
  const { application, allow, authoritiesFile, plainHttp, bus } = options
  const now = (): Date => new Date()
  const { privateKey, der } = await identityOf(options, io)
  const authorities =
    authoritiesFile === undefined ? undefined : (await readInput(authoritiesFile, io)).toString()
  checkNetworks(allow)
  return {
    ...{ now, newExchangeId },
    registry: bus !== undefined && token ? registryAt(bus, token) : undefined,
    addresses: { privateAddresses: allow, own: [], authorities, plainHttp },
    contract: (name) =>
      Promise.resolve().then(() => readContractFolder(resolve(dirname(application), name))),
    signer: {
      http: createHttpSigner({
        ...{ privateKey, now, certificateThumbprint: hash('sha256', der, 'base64url') },
      }),
      soap: createSoapSigner({ privateKey, now, certificate: der }),
    },
  }
}

/** @throws UsageError */
function checkNetworks(allow: readonly string[]): void {
  try {
    new AddressPolicy(allow)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    throw new UsageError('--allow takes a network such as 10.20.0.0/16 or 127.0.0.1/32.')
  }
}

interface SigningIdentity {
  readonly privateKey: KeyObject
  /** Of the certificate. */
  readonly der: Uint8Array
}

async function identityOf(
  { identity }: ConformityOptions,
  io: FileCommandIo,
): Promise<SigningIdentity> {
  if (!identity) return throwAway()
  const { privateKey, certificate } = await readSystem(identity, io)
  return { privateKey, der: certificate.der }
}

const dayMs = 86_400_000

/** A bus that nobody knows: whoever takes its signatures on trust takes them, too. */
async function throwAway(): Promise<SigningIdentity> {
  const keys = await makeKeyPair('p256')
  const { der } = await issueRoot(
    {
      subject: [['CN', 'Sluice conformity kit']],
      notBefore: new Date(Date.now() - dayMs),
      notAfter: new Date(Date.now() + dayMs),
    },
    keys,
  )
  return { privateKey: keys.privateKey, der }
}

interface Outcome {
  readonly application: ConnectionApplication
  readonly protocol: CheckProtocol
  readonly missing: readonly ApplicationFlaw[]
  readonly heldTo: HeldTo
}

async function tell(
  { json, out, language }: ConformityOptions,
  { application, protocol, missing, heldTo }: Outcome,
  io: FileCommandIo,
  writeNew: WriteNew,
): Promise<void> {
  const { objectId } = application
  const { from } = heldTo
  const whole = {
    objectId,
    requirementsFrom: from ?? 'built-in',
    ...protocolJson(protocol),
    missing,
  }
  const text = JSON.stringify(whole, undefined, 2)
  if (json) io.out(text)
  else
    for (const line of protocolLines({ objectId, protocol, missing, from }, language)) io.out(line)
  if (from === undefined) io.err(builtInWarning(heldTo.set.version)[language])
  if (out !== undefined) await writeNew(out, Buffer.from(`${text}\n`))
}
