import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { timestampTrustFileBytesMax } from '../limits/signed-data.js'
import { askOverHttp } from '../timestamp/ask-over-http.js'
import { ownTimestampsPolicy } from '../timestamp/own-policy.js'
import type { TimestampSource } from '../timestamp/timestamp-client.js'
import { TimestampingAuthority } from '../timestamp/timestamping-authority.js'
import type { TimestampTrust } from '../timestamp/verify-token.js'
import { parseCertificate } from '../trust/x509/certificate.js'
import { derBlocks } from '../trust/x509/pem.js'
import type { Config } from './config.js'
import { ConfigError } from './env.js'
import { readPem } from './identity.js'
import type { TimestampAuthorityConfig } from './timestamps-config.js'

/** How the bus's own authority is called, wherever a timestamp of it is shown. */
export const ownTimestampsName = 'own (not independent)'

/**
 * Whom the checkpoints are stamped by: the authorities that the configuration names, in its order. Where
 * it names none, one of the bus's own, made once under `directory/tsa`: a root (`tsa-ca.pem`, to verify
 * timestamps by) and a certificate below it (`tsa.pem`, `tsa-key.pem`). Only the supervisor may make it.
 * @throws ConfigError for files that cannot be read or do not belong together
 */
export async function loadTimestampSources(
  config: Config,
  now = new Date(),
): Promise<TimestampSource[]> {
  const { authorities } = config.timestamps
  return authorities.length > 0 ? authorities.map(remote) : [await ownSource(config, now)]
}

function remote({ name, url, trustFile, policy }: TimestampAuthorityConfig): TimestampSource {
  return {
    ...{ name, policy, isIndependent: true, trust: readTrust(trustFile) },
    ask: (query, stop) => askOverHttp(url, query, stop),
  }
}

/** Every certificate in the file is believed by itself. */
function readTrust(path: string): TimestampTrust {
  try {
    if (statSync(path).size > timestampTrustFileBytesMax) throw new Error('it is too large')
    const anchors = derBlocks(readFileSync(path), 'CERTIFICATE').map((der) => parseCertificate(der))
    if (anchors.length === 0) throw new Error('it has no certificate')
    return { anchors }
  } catch (error) {
    throw new ConfigError(`${path}: cannot be read, or holds no certificates`, { cause: error })
  }
}

async function ownSource(config: Config, now: Date): Promise<TimestampSource> {
  const folder = join(config.directory, 'tsa')
  if (!existsSync(folder)) {
    // As with an identity: what issues certificates is loaded once in the life of a folder.
    const { makeTimestamper } = await import('./make-timestamper.js')
    await makeTimestamper(folder, now)
  }
  const keyFile = join(folder, 'tsa-key.pem')
  const certificateFile = join(folder, 'tsa.pem')
  const privateKey = readPem(keyFile, (pem) => createPrivateKey(pem))
  const certificate = readPem(certificateFile, (pem) => new X509Certificate(pem))
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new ConfigError(`${keyFile} is not the key of ${certificateFile}`)
  }
  // Whether it has expired shows when it stamps: that delays stamps, and nothing else.
  const policy = ownTimestampsPolicy
  const authority = new TimestampingAuthority({ privateKey, certificate: certificate.raw, policy })
  return {
    ...{ name: ownTimestampsName, policy, isIndependent: false },
    trust: readTrust(join(folder, 'tsa-ca.pem')),
    ask: (query) => Promise.resolve(authority.answer(query)),
  }
}
