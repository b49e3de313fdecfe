import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { cpSync, existsSync, readFileSync, rmSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conformityRun } from '../../src/cli/conformity-run.js'
import { command, describeWith } from '../support/command.js'
import { startNginx, startSoap, type ExampleEndpoint } from '../support/example-endpoints.js'
import { freePort } from '../support/free-port.js'

// The examples of docs/conformity.md as a stranger runs them, with nginx, Node's soap and OpenSSL.

const describeNginx = await describeWith('nginx', 'openssl')
const describeSoap = await describeWith('openssl')

let folder: string
let running: ExampleEndpoint | undefined

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice conformity '))
  cpSync('docs/conformity', folder, { recursive: true })
  for (const example of ['rest', 'soap']) {
    await command('openssl', selfSigned, join(folder, example))
  }
})

afterEach(() => running?.close())

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const selfSigned = [
  ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
  ...['-days', '365', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
  ...['-keyout', 'key.pem', '-out', 'certificate.pem'],
]

/** What the kit says of an example: results by code, and its whole output. */
async function checked(
  example: string,
  ...args: string[]
): Promise<{ code: number; results: Record<string, string>; text: string }> {
  const lines: string[] = []
  const warnings: string[] = []
  const io = {
    out: (line: string) => void lines.push(line),
    err: (line: string) => void warnings.push(line),
    readFile: (path: string) => Promise.resolve(readFileSync(path)),
  }
  const writeNew = (path: string, content: Uint8Array): Promise<void> => {
    writeFileSync(path, content, { flag: 'wx' })
    return Promise.resolve()
  }
  const at = join(folder, example)
  const ca = existsSync(join(at, 'certificate.pem')) ? ['--ca', join(at, 'certificate.pem')] : []
  const given = [join(at, 'application.yaml'), '--allow', '127.0.0.1/32', '--json', ...ca, ...args]
  const code = await conformityRun(['run', ...given].slice(1), io, writeNew)
  const text = lines.join('\n')
  // Nobody was asked what is in force.
  expect(warnings).toEqual([expect.stringMatching(/built with \(version 1\)/)])
  const { lines: found } = JSON.parse(text) as { lines: { code: string; result: string }[] }
  return {
    code,
    text,
    results: Object.fromEntries(found.map(({ code: name, result }) => [name, result])),
  }
}

function edit(file: string, change: (text: string) => string): void {
  const path = join(folder, file)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

describeNginx('the example of REST: a plain nginx with files of JSON', () => {
  const asItComes = (text: string): string => text.replace(/error_page 404.*;/, '')

  it('fails as nginx comes, and passes once its faults are JSON and its file is whole', async () => {
    const port = await freePort()
    edit('rest/application.yaml', (text) => text.replace('8443', String(port)))
    edit('rest/nginx.conf', (text) => text.replace('8443', String(port)))
    const [conf, file] = ['rest/nginx.conf', 'rest/site/xetler/101.json']
    const [goodConf, goodFile] = [conf, file].map((each) =>
      readFileSync(join(folder, each), 'utf8'),
    )
    edit(conf, asItComes)
    edit(file, (text) => text.replace('istiqamet', 'istiqamat').replace('Gəncə', 'G?nc?'))
    running = await startNginx(join(folder, 'rest'), port)
    const first = await checked('rest')
    expect(first.code).toBe(1)
    expect(first.results).toMatchObject({
      ...{ 'TT-01': 'pass', 'TT-02': 'pass', 'TT-04': 'fail', 'TT-05': 'fail', 'TT-14': 'fail' },
    })
    expect(first.text).toContain('veb-səhifədir')
    expect(first.text).toContain('/istiqamet')

    await running.close()
    edit(conf, () => goodConf ?? '')
    edit(file, () => goodFile ?? '')
    running = await startNginx(join(folder, 'rest'), port)
    const then = await checked('rest')
    expect(then).toMatchObject({ code: 0, results: passing })
  })

  const passing = {
    ...{ 'TT-01': 'pass', 'TT-02': 'pass', 'TT-03': 'not-applicable', 'TT-04': 'pass' },
    ...{ 'TT-05': 'pass', 'TT-06': 'not-applicable', 'TT-07': 'not-applicable', 'TT-08': 'open' },
    ...{ 'TT-09': 'open', 'TT-10': 'pass', 'TT-11': 'not-applicable', 'TT-12': 'not-applicable' },
    ...{ 'TT-13': 'pass', 'TT-14': 'pass', 'TT-15': 'not-applicable' },
  }
})

describeSoap('the example of SOAP: Node’s soap', () => {
  async function start(careless: boolean): Promise<void> {
    running = await startSoap(join(folder, 'soap'), { careless })
    const address = `address: ${running.address}`
    edit('soap/application.yaml', (text) => text.replace(/address: .*/, address))
  }

  it('fails while it answers anything, and passes once wrong input is a Fault', async () => {
    await start(true)
    const first = await checked('soap')
    expect(first.results).toMatchObject({ 'TT-02': 'pass', 'TT-04': 'fail', 'TT-05': 'fail' })
    expect(first.text).toContain('etibarlidir')

    await running?.close()
    await start(false)
    const out = join(folder, 'protocol.json')
    const then = await checked('soap', '--out', out)
    expect(then).toMatchObject({
      code: 0,
      results: {
        ...{ 'TT-01': 'pass', 'TT-02': 'pass', 'TT-04': 'pass', 'TT-05': 'pass', 'TT-06': 'pass' },
        ...{ 'TT-07': 'pass', 'TT-10': 'pass', 'TT-14': 'pass' },
      },
    })
    expect(readFileSync(out, 'utf8').trim()).toBe(then.text)
  })

  it('takes the headers of X-Road and WS-Security, too', async () => {
    await start(false)
    edit('soap/application.yaml', (text) => text.replace(/ {2}soap: \{.*\}\n/, ''))
    expect((await checked('soap')).results).toMatchObject({ 'TT-04': 'pass', 'TT-05': 'pass' })
  })
})

describe('the examples without an endpoint', () => {
  it('a system: its certificate request, and what it states', async () => {
    const request = await command('openssl', [
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', join(folder, 'dasima.key'), '-subj', '/CN=DASIMA'],
    ])
    const indented = request.toString().trim().replaceAll('\n', '\n  ')
    const before = await checked('system')
    expect(before).toMatchObject({ code: 1, results: { 'TT-03': 'fail' } })
    edit('system/application.yaml', (text) => text.replace(/-----BEGIN[^]*REQUEST-----/, indented))
    expect(await checked('system')).toMatchObject({
      code: 0,
      results: { 'TT-03': 'pass', 'TT-11': 'open', 'TT-12': 'open', 'TT-15': 'pass' },
    })
  })

  it('a resource, and a reader of queues, of which an officer decides', async () => {
    const resource = { 'TT-07': 'pass', 'TT-12': 'open', 'TT-13': 'pass', 'TT-15': 'pass' }
    expect(await checked('resource')).toMatchObject({ code: 0, results: resource })
    const queue = { 'TT-01': 'pass', 'TT-02': 'not-applicable', 'TT-04': 'open', 'TT-10': 'open' }
    expect(await checked('mq')).toMatchObject({ code: 0, results: queue })
  })
})
