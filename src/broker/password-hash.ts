import { createHash, randomBytes } from 'node:crypto'

const saltBytes = 4

/**
 * A password as RabbitMQ stores it (`rabbit_password_hashing_sha256`): salt, and SHA-256 over salt and password. So the
 * clear text never leaves the process that made it.
 */
export function passwordHashOf(password: string, salt: Buffer = randomBytes(saltBytes)): string {
  const digest = createHash('sha256').update(salt).update(password, 'utf8').digest()
  return Buffer.concat([salt, digest]).toString('base64')
}
