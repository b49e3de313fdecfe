import { constants, createPublicKey, type KeyObject } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import {
  verifyByScheme,
  verifyBytes,
  type SignatureAlgorithm,
  type SignatureScheme,
} from '../../src/trust/http-signature/algorithms.js'
import { readVectors } from './vectors.js'

interface WycheproofFile {
  numberOfTests: number
  testGroups: {
    publicKeyDer?: string
    publicKeyPem?: string
    tests: {
      tcId: number
      msg: string
      sig: string
      result: 'valid' | 'invalid' | 'acceptable'
    }[]
  }[]
}

type Verify = (key: KeyObject, data: Uint8Array, signature: Uint8Array) => boolean

const by =
  (algorithm: SignatureAlgorithm): Verify =>
  (key, data, signature) =>
    verifyBytes(algorithm, key, data, signature)

// PSS vectors with SHA-512 and a salt of 64 bytes are not among them; these have the other digest.
const pssSha256: SignatureScheme = {
  keyType: 'rsa',
  digest: 'sha256',
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: 32,
}

const files: [string, Verify][] = [
  ['ecdsa_secp256r1_sha256_p1363_test.json', by('ecdsa-p256-sha256')],
  ['ed25519_test.json', by('ed25519')],
  ['rsa_signature_2048_sha256_test.json', by('rsa-v1_5-sha256')],
  [
    'rsa_pss_2048_sha256_mgf1_32_test.json',
    (key, data, signature) => verifyByScheme(pssSha256, key, data, signature),
  ],
]

describe('Wycheproof signature vectors', () => {
  it.each(files)('%s', (name, verify) => {
    const file = readVectors('wycheproof', name) as WycheproofFile
    const wrong: string[] = []
    let count = 0
    for (const group of file.testGroups) {
      const key = createPublicKey(
        group.publicKeyPem ?? {
          key: Buffer.from(group.publicKeyDer ?? '', 'hex'),
          format: 'der',
          type: 'spki',
        },
      )
      for (const { tcId, msg, sig, result } of group.tests) {
        count += 1
        const got = verify(key, Buffer.from(msg, 'hex'), Buffer.from(sig, 'hex'))
        // What Wycheproof calls acceptable (a missing NULL in PKCS #1 v1.5) may go either way.
        if (result !== 'acceptable' && got !== (result === 'valid')) {
          wrong.push(`${tcId}: ${result}, but ${got ? 'accepted' : 'refused'}`)
        }
      }
    }
    expect(wrong).toEqual([])
    expect(count).toBe(file.numberOfTests)
  })
})
