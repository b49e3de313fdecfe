import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, symlinkSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { IssuedKeyType } from '../../src/trust/issuing/key-pair.js'
import { privateKeyPem } from '../../src/trust/issuing/key-pair.js'
import { describeWith } from '../support/command.js'
import { DeskPlane } from '../support/desk-plane.js'
import { services, subsystems } from '../support/whole-bus-sample.js'
import type { WholeBus } from '../support/whole-bus.js'

const run = promisify(execFile)

const describeOrSkip = await describeWith('bash', 'curl', 'openssl')
const describeWithZip = await describeWith('bash', 'curl', 'openssl', 'zip')

let desk: DeskPlane
let bus: WholeBus
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice first request '))
  desk = await DeskPlane.open()
  bus = desk.plane.bus
  await writeFile(join(folder, 'bus.pem'), bus.busCertificate)
}, 120_000)

afterAll(async () => {
  await desk.close()
  await rm(folder, { recursive: true, force: true })
})

/** Runs docs/first-request.sh with a new, registered certificate of the portal's system. */
async function firstRequest(
  keyType: IssuedKeyType,
  headers: readonly string[],
  address = bus.address,
): Promise<string> {
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
        ...{ BUS: address, BUS_CERTIFICATE: join(folder, 'bus.pem') },
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
      const said = await firstRequest(keyType, ['Sluice-Mode: user'])
      expect(said).toMatch(/^status {7}200 $/m)
      expect(said).toMatch(/^signature {4}verified/m)
      const exchangeId = /^exchange id {2}(.+)$/m.exec(said)?.[1]
      const [, promised = ''] = /^receipt {6}verified, (\{.*\})$/m.exec(said) ?? []
      expect(JSON.parse(promised)).toMatchObject({ exchangeId, half: 2, log: 'domain/PORTAL' })
    },
  )

  it('shows a refusal, signed too', async () => {
    const said = await firstRequest('p256', ['Sluice-Mode: body'])
    expect(said).toMatch(/^status {7}422 LEGAL_BASIS_REQUIRED$/m)
    expect(said).toMatch(/^signature {4}verified/m)
    expect(said).toMatch(/^receipt {6}verified/m)
  })

  it('signs its Content-Type, without which a contract that describes a body takes none', async () => {
    let signed: IncomingHttpHeaders[string]
    const listener = createServer(({ headers }, answer) => {
      signed = headers['signature-input']
      answer.end()
    }).listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo
    await firstRequest('p256', ['Sluice-Mode: body'], `http://127.0.0.1:${port}`)
    listener.close()
    expect(signed).toContain('"content-type"')
  })
})

describeWithZip('docs/connection.md: from an empty folder to the first exchange', () => {
  let applicant: string

  /** Commands of the page's last part, as they are written there. */
  async function documented(): Promise<string> {
    const page = await readFile('docs/connection.md', 'utf8')
    const part = page.slice(page.indexOf('## From an empty folder to the first exchange'))
    const [, commands = ''] = /```sh\n([^]*?)```/.exec(part) ?? []
    return commands
  }

  /** One of them, in the applicant's folder. */
  async function command(start: string, change = (text: string) => text): Promise<string> {
    const all = await documented()
    const from = all.indexOf(start)
    expect(from).toBeGreaterThanOrEqual(0)
    const text = /(?:[^\n]*\\\n)*[^\n]*/.exec(all.slice(from))?.[0] ?? ''
    const env = { ...process.env, API: desk.plane.world.api.address, BUS: bus.address }
    const ran = await run('bash', ['-c', change(text)], { cwd: applicant, env }).catch(
      (error: unknown) => error as { stdout: string; stderr: string },
    )
    return ran.stdout + ran.stderr
  }

  /** The documents, and what they need of the sources; with the endpoint where it really is. */
  beforeAll(async () => {
    applicant = join(folder, 'applicant')
    cpSync('docs', join(applicant, 'docs'), { recursive: true })
    symlinkSync(resolve('node_modules'), join(applicant, 'node_modules'))
    await mkdir(join(applicant, 'var/desk/identity'), { recursive: true })
    await writeFile(join(applicant, 'var/desk/identity/bus.pem'), bus.busCertificate)
    const { port } = new URL((await desk.soap()).address)
    const file = join(applicant, 'docs/conformity/soap/application.yaml')
    await writeFile(file, (await readFile(file, 'utf8')).replace('8444', port))
  })

  it('a system and its service go through every step, and the first request is answered', async () => {
    const { password } = await desk.plane.world.make({ login: 'leyla', roles: ['OPERATOR'] })
    const checking = new AbortController()
    const checks = runChecks(checking.signal)
    const said = await command('node docs/connect-service.mjs', (text) =>
      text.replace('$once', password),
    )
    checking.abort()
    await checks
    expect(said).toMatch(/^AZ\/GOV\/NN\/DASIMA: Qoşulub$/m)
    expect(said).toMatch(/^TT-04 pass: .*\n(.*\n)*AZ\/GOV\/NN\/DASIMA\/icazeYoxla\/v1: Qoşulub$/m)
    await bus.registry.settled()
    const answered = await command('BUS_CERTIFICATE=')
    expect(answered).toMatch(/^status {7}200 $/m)
    expect(answered).toMatch(/^signature {4}verified/m)
    expect(answered).toContain('Şükür Əliyev')
  }, 120_000)

  it('started again, it finds everything done and changes nothing', async () => {
    const said = await command('node docs/connect-service.mjs')
    expect(said.trim().split(/\n+/)).toEqual([
      'AZ/GOV/NN/DASIMA: Qoşulub',
      'AZ/GOV/NN/DASIMA/icazeYoxla/v1: Qoşulub',
    ])
  })

  /** As a node does, until there is nothing more to be checked. */
  async function runChecks(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      await desk.runChecks()
      await pause(50, undefined, { signal: until }).catch(() => undefined)
    }
  }
})
