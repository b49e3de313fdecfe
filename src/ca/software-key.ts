import { createPrivateKey, createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { CaKeyAlgorithm, SoftwareKeyConfig } from '../config/ca-config.js'
import { ConfigError } from '../config/env.js'
import { caKeyOf, type CaKey } from '../trust/issuing/ca-key.js'
import { makeKeyPair } from '../trust/issuing/key-pair.js'

/**
 * The CA's key in a file, PKCS #8 encrypted by a passphrase (PBES2: AES-256-CBC under a key of PBKDF2). Where there is none
 * yet it is made, and a passphrase with it where none is there either.
 * @throws ConfigError for a file that cannot be read, or a passphrase that does not open it
 */
export async function openSoftwareKey(
  { keyFile, passphraseFile }: SoftwareKeyConfig,
  algorithm: CaKeyAlgorithm,
): Promise<CaKey> {
  if (!existsSync(keyFile)) await makeKeyFile(keyFile, passphraseFile, algorithm)
  const privateKey = read(keyFile, passphraseFile)
  return caKeyOf(privateKey, createPublicKey(privateKey))
}

async function makeKeyFile(
  keyFile: string,
  passphraseFile: string,
  algorithm: CaKeyAlgorithm,
): Promise<void> {
  if (!existsSync(passphraseFile)) {
    writeOnce(passphraseFile, `${randomBytes(32).toString('base64url')}\n`)
  }
  const { privateKey } = await makeKeyPair(algorithm)
  const pem = privateKey.export({
    format: 'pem',
    type: 'pkcs8',
    cipher: 'aes-256-cbc',
    passphrase: passphraseIn(passphraseFile),
  })
  writeOnce(keyFile, pem as string)
}

/** The whole file or none, and never over one that is there: whoever made that one goes by it. */
function writeOnce(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, content, { mode: 0o600 })
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
}

function passphraseIn(path: string): string {
  let passphrase: string
  try {
    passphrase = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new ConfigError(`${path}: the passphrase of the CA's key cannot be read`, {
      cause: error,
    })
  }
  if (passphrase === '') throw new ConfigError(`${path}: holds no passphrase`)
  return passphrase
}

function read(keyFile: string, passphraseFile: string): KeyObject {
  const passphrase = passphraseIn(passphraseFile)
  const pem = readFileSync(keyFile, 'latin1')
  if (!pem.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----')) {
    throw new ConfigError(
      `${keyFile}: the CA's key must be encrypted (PKCS #8, openssl pkcs8 -topk8)`,
    )
  }
  try {
    return createPrivateKey({ key: pem, passphrase })
  } catch (error) {
    throw new ConfigError(`${keyFile}: the passphrase in ${passphraseFile} does not open it`, {
      cause: error,
    })
  }
}
