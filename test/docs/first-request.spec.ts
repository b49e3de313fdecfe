import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { IssuedKeyType } from '../../src/trust/issuing/key-pair.js'
import { privateKeyPem } from '../../src/trust/issuing/key-pair.js'
import { describeWith } from '../support/command.js'
import { services, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

const run = promisify(execFile)

const describeOrSkip = await describeWith('bash', 'curl', 'openssl')

let bus: WholeBus
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice first request '))
  bus = await startWholeBus()
  await writeFile(join(folder, 'bus.pem'), bus.busCertificate)
})

afterAll(async () => {
  await bus.close()
  await rm(folder, { recursive: true, force: true })
})

/** Runs docs/first-request.sh with a new, registered certificate of the portal's system. */
async function firstRequest(keyType: IssuedKeyType, ...headers: string[]): Promise<string> {
  const identity = await bus.authority.issue({ keyType })
  await bus.registry.change(subsystems.portal, { certificates: [{ pem: identity.pem }] })
  await writeFile(join(folder, 'key.pem'), privateKeyPem(identity.privateKey))
  await writeFile(join(folder, 'certificate.pem'), identity.pem)
  const body = '{"ad":"Əli Şükür oğlu"}'
  const { stdout } = await run(
    'bash',
    ['docs/first-request.sh', folder, subsystems.portal, services.taxes, body, ...headers],
    {
      env: {
        ...process.env,
        ...{ BUS: bus.address, BUS_CERTIFICATE: join(folder, 'bus.pem') },
        ...(headers.includes('Sluice-Mode: user') && { ASSERT: '{"fin":"0TEST01"}' }),
      },
    },
  ).catch((error: unknown) => error as { stdout: string })
  return stdout
}

describeOrSkip('docs/first-request.sh: curl and openssl alone', () => {
  it.each<IssuedKeyType>(['rsa-2048', 'p256', 'ed25519'])(
    'a %s key gets a signed answer, and verifies it',
    async (keyType) => {
      const said = await firstRequest(keyType, 'Sluice-Mode: user')
      expect(said).toMatch(/^status {7}200 $/m)
      expect(said).toMatch(/^signature {4}verified/m)
      const exchangeId = /^exchange id {2}(.+)$/m.exec(said)?.[1]
      const [, promised = ''] = /^receipt {6}verified, (\{.*\})$/m.exec(said) ?? []
      expect(JSON.parse(promised)).toMatchObject({ exchangeId, half: 2, log: 'domain/PORTAL' })
    },
  )

  it('shows a refusal, signed too', async () => {
    const said = await firstRequest('p256', 'Sluice-Mode: body')
    expect(said).toMatch(/^status {7}422 LEGAL_BASIS_REQUIRED$/m)
    expect(said).toMatch(/^signature {4}verified/m)
    expect(said).toMatch(/^receipt {6}verified/m)
  })
})
