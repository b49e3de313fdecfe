import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { placeMigratedCluster } from '../support/database.js'
import { processesOf } from '../support/running-bus-processes.js'
import { eventually, killQuietly } from '../support/running-bus.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 180_000
const interruptedTimeoutMs = 120_000

/** The demo keeps its things below the folder it is started in; kept from one test to the next. */
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-test demo '))
  const launch = pathToFileURL(resolve('scripts/launch.js')).href
  await writeFile(
    join(folder, 'launcher.mjs'),
    `import { launch, withChannel } from '${launch}'
     launch(['--enable-source-maps', ${JSON.stringify(resolve('dist/demo/main.js'))}, ...process.argv.slice(2)], { stdio: withChannel })`,
  )
  // Of buses that make their database themselves, start-account.spec tells.
  await placeMigratedCluster(join(folder, 'var/demo/bus/postgres'))
})

afterAll(async () => {
  for (const { pid } of processesOf(folder)) killQuietly(pid)
  await rm(folder, { recursive: true, force: true })
})

interface Demo {
  readonly process: ChildProcess
  readonly ended: Promise<unknown[]>
  /** What it has said so far, both ways. */
  said(): string
}

function startDemo(...args: string[]): Demo {
  let words = ''
  // Leader of its group, as what a terminal starts.
  const child = spawn(process.execPath, ['launcher.mjs', ...args], {
    ...{ cwd: folder, detached: true },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (words += chunk.toString()))
  }
  return { process: child, ended: once(child, 'close'), said: () => words }
}

describe('npm run demo', () => {
  it.each([['--nonsense'], ['--once', 'more']])(
    'does nothing for %j, and says how',
    async (...args) => {
      const demo = startDemo(...args)
      expect(await demo.ended).toEqual([2, null])
      expect(demo.said()).toBe('npm run demo -- [--once]\n')
      expect(processesOf(folder)).toEqual([])
    },
  )

  it(
    'serves SOAP as its WSDL says while it is up; kill -9 of its whole process group leaves nothing behind',
    async () => {
      const demo = startDemo()
      await eventually(() => demo.said().includes('Ctrl-C ends the demo'), timeoutMs)
      await expectSoapLane(demo.said())
      expect(processesOf(folder).some(isPostgres)).toBe(true)

      const second = startDemo('--once')
      expect(await second.ended).toEqual([2, null])
      expect(second.said()).toContain('is in use by process')
      expect(second.said()).not.toMatch(/^ +at /m)

      process.kill(-(demo.process.pid ?? 0), 'SIGKILL')
      await eventually(() => processesOf(folder).length === 0)
    },
    timeoutMs,
  )

  it(
    'interrupted while its bus starts, it stops it first, and says by its exit code that it was',
    async () => {
      const demo = startDemo('--once')
      // The supervisor and a worker, which has only begun to load.
      await eventually(() => processesOf(folder).filter(isBus).length > 1, timeoutMs)
      demo.process.kill('SIGINT')
      expect(await demo.ended).toEqual([130, null])
      expect(processesOf(folder)).toEqual([])
    },
    // Below the time that workers have to drain: one that missed the word would take all of it.
    interruptedTimeoutMs,
  )

  it(
    'runs again on what the ones before left in their folder, REST and SOAP; refusals explain themselves',
    async () => {
      const demo = startDemo('--once')
      expect(await demo.ended).toEqual([0, null])
      expect(demo.said()).toContain('Everything went as it should.')
      await expectSoapScenes(demo.said())
      await expectEvidence(demo.said())
      expect(demo.said()).toContain(
        '     az: Sorğu imzalanmayıb. Sorğunu informasiya sisteminizin qeydiyyatdan keçmiş sertifikatı ilə imzalayın.\n' +
          '     en: Request not signed. Sign the request with the registered certificate of your information system.\n',
      )
      expect(processesOf(folder)).toEqual([])
    },
    timeoutMs,
  )
})

/** Consumers and providers that speak SOAP are answered and refused, and their keys are there. */
async function expectSoapScenes(said: string): Promise<void> {
  const [, soap = ''] = said.split('\nSOAP 1.1')
  for (const scene of ['SC-02', 'SC-03', 'SC-06', 'unsigned', 'altered', 'no access right']) {
    expect(soap).toContain(`\nok   ${scene}`)
  }
  expect(soap).toContain(' → AZ/GOV/DSMF/FUS/sigortaHaqqi/v1\n     200 answered')
  expect(soap).toContain('500 ACCESS_DENIED, side: consumer')
  expect(soap).toContain('     az: Bu xidmət üzrə giriş icazəsi yoxdur.')
  for (const system of ['securities', 'interior', 'social-fund']) {
    const own = await readdir(join(folder, 'var/demo', system))
    expect(own).toEqual(expect.arrayContaining(['key.pem', 'certificate.pem']))
  }
}

/** What speaks for an exchange is shown and checked, and left for whoever wants to check it again. */
async function expectEvidence(said: string): Promise<void> {
  const [, evidence = ''] = said.split('\nEvidence\n')
  expect(evidence.match(/^ok {3}.*/gm)).toEqual([
    'ok   receipt of an exchange, checked offline',
    'ok   checkpoint of the log domain/PORTAL, and the promised entry under it',
    expect.stringMatching(/^ok {3}evidence container of exchange [0-9a-f-]{36}, checked offline$/),
    'ok   all logs, checked from their raw rows',
  ])
  expect(evidence).toContain('     NƏTİCƏ  Bütün yoxlamalar uğurla başa çatdı.')
  expect(evidence).toContain('     RESULT  Every check proved right.')
  expect(evidence).toContain('     Whole: nothing was found wrong.')
  const left = await readdir(join(folder, 'var/demo'))
  expect(left).toEqual(expect.arrayContaining(['receipt.jwt', 'evidence.asice', 'log-keys.txt']))
}

/** The lane answers at the address that its WSDL names, if only that nobody signed. */
async function expectSoapLane(said: string): Promise<void> {
  const [, wsdl = ''] = /WSDL: +(\S+)/.exec(said) ?? []
  const text = await (await fetch(wsdl)).text()
  expect(text).toContain('SluiceSignedMessages')
  const [, address = ''] = /<soap:address [^>]*location="([^"]+)"/.exec(text) ?? []
  const headers = { 'Content-Type': 'text/xml' }
  const envelope =
    '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body/></S:Envelope>'
  const answer = await fetch(address, { method: 'POST', headers, body: envelope })
  expect(answer.status).toBe(500)
  expect(await answer.text()).toContain('<f:code>SIGNATURE_MISSING</f:code>')
}

function isBus({ command }: { readonly command: string }): boolean {
  return command.includes('dist/src/main.js')
}

function isPostgres({ command }: { readonly command: string }): boolean {
  return command.includes('postgres')
}
