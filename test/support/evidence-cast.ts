import { generateKeyPairSync } from 'node:crypto'
import { originOf } from '../../src/tlog/checkpoint.js'
import { noteSigner } from '../../src/tlog/note-keys.js'
import { makeAuthority, type TestAuthority, type TestIdentity } from './pki.js'
import { issueTsa, makeTsa, type TestTsa } from './timestamps.js'

/** Everybody who has a part in an exchange, with certificates that ran out long ago. */
export interface EvidenceCast {
  readonly authority: TestAuthority
  readonly consumer: TestIdentity
  readonly provider: TestIdentity
  readonly busRoot: TestAuthority
  readonly bus: TestIdentity
  readonly tsa: TestTsa
  readonly log: ReturnType<typeof noteSigner>
  readonly witness: ReturnType<typeof noteSigner>
}

export const consumerOf = 'AZ/GOV/VN/SC'
export const providerOf = 'AZ/GOV/DIN/GCQ'
/** The day of the exchange, well before any test runs. */
export const then = new Date('2025-03-03T10:00:00.000Z')
export const hour = 3_600_000
export const day = 24 * hour
const validity = {
  notBefore: new Date(then.getTime() - 60 * day),
  notAfter: new Date(then.getTime() + 60 * day),
}
const long = { ...validity, notAfter: new Date(then.getTime() + 3_650 * day) }

export async function makeCast(
  wish: { keyType?: 'rsa-2048' | 'p256' } = {},
): Promise<EvidenceCast> {
  const { keyType = 'p256' } = wish
  const authority = await makeAuthority('Kök', validity)
  const busRoot = await makeAuthority('Şin kökü', long)
  const ed25519 = () => generateKeyPairSync('ed25519').privateKey
  return {
    authority,
    busRoot,
    consumer: await authority.issue({ subject: 'Vergi', keyType, ...validity }),
    provider: await authority.issue({ subject: 'DİN', keyType, ...validity }),
    bus: await busRoot.issue({ subject: 'Şin', ...long }),
    tsa: await makeTsa(
      async (root) => issueTsa(root, validity),
      () => new Date(then.getTime() + 60_000),
      validity,
    ),
    log: noteSigner(originOf('sluice', 'domain/PORTAL'), ed25519()),
    witness: noteSigner('agentlik', ed25519(), 'cosignature/v1'),
  }
}
