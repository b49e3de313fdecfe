import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { privateKeyPem, type KeyPair } from '../../src/trust/issuing/key-pair.js'

/** How many keys of each length this spec file has taken. */
const taken = new Map<number, number>()

/**
 * An RSA key pair that no other call of this spec file gets. Its primes cost a fifth of a second to find, so keys are
 * kept beside the template of databases: a spec file finds those that one before it made.
 * @throws Error where somebody else's folder has the name
 */
export function takeRsaKeyPair(bits: 2048 | 3072): KeyPair {
  const nth = taken.get(bits) ?? 0
  taken.set(bits, nth + 1)
  const path = join(poolFolder(), `rsa-${bits}-${nth}.pem`)
  const privateKey = createPrivateKey(readKept(path) ?? keep(path, bits))
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

function poolFolder(): string {
  const { uid } = userInfo()
  const folder = join(process.env['SLUICE_TEST_TEMPLATES'] ?? tmpdir(), `sluice-test-keys-${uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (statSync(folder).uid !== uid) {
    throw new Error(`${folder} belongs to somebody else; remove it`)
  }
  return folder
}

function readKept(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Whole or not at all: spec files run side by side, and the first to finish is heard. */
function keep(path: string, bits: number): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, privateKeyPem(privateKey), { mode: 0o600 })
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
  return readFileSync(path, 'utf8')
}
