import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readContentType, type MultipartContentType } from '../../adapters/soap/content-type.js'
import { readMultipart } from '../../adapters/soap/multipart.js'
import type { SampleAgency } from '../../demo/agency-server.js'
import { startInterior } from '../../demo/soap-agencies.js'
import { BusProcess } from '../../src/bus-process.js'
import { command, describeWith } from '../support/command.js'
import { RewritingProxy } from '../support/rewriting-proxy.js'
import {
  finAnswer,
  finEnvelope,
  flipped,
  replacing,
  runClient,
  surname,
  unsigned,
  wrapped,
  wrappedTwice,
  writeClientFolder,
  type SaidClient,
} from '../support/soap-client-samples.js'
import { sampleRight, sampleService, subsystems } from '../support/whole-bus-sample.js'
import type { AnswerOf } from '../support/whole-bus-provider.js'
import { includeOf, multipartOf } from '../support/whole-bus-soap.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

const service = `${subsystems.taxes}/finAxtaris/v1`
/** The same service as the demo has it: its WSDL, its agency. */
const demoService = `${subsystems.taxes}/finAxtaris/v2`

let folder: string
let proxy: RewritingProxy
let bus: WholeBus
let demoAgency: SampleAgency

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-soap-clients-'))
  proxy = await RewritingProxy.start()
  const file = join(process.cwd(), 'docs/connect-soap/fin-axtaris.wsdl')
  const demoFile = join(process.cwd(), 'contracts/DIN/GCQ/finAxtaris/v1/service.wsdl')
  const described = {
    [service]: { file, attachments: false },
    [demoService]: { file: demoFile, attachments: false },
  }
  const wsdl = { address: proxy.address, services: described }
  bus = await startWholeBus({ soap: { wsdl } })
  demoAgency = await startInterior()
  const soap = { protocol: 'soap' }
  await bus.registry.change(subsystems.taxes, {
    services: [
      sampleService('finAxtaris', bus.providers.taxes.address, soap),
      sampleService('finAxtaris', demoAgency.address, { ...soap, version: 'v2' }),
    ],
  })
  await bus.registry.apply({
    accessRights: [subsystems.portal, subsystems.personnel].map((consumer) =>
      sampleRight(consumer, `${subsystems.taxes}/finAxtaris`),
    ),
  })
  proxy.target = bus.app.get(BusProcess).addresses[1]!
  const busCertificates = `${bus.busCertificate}\n${bus.busRsaCertificate}\n`
  for (const { name, keyType, consumer } of Object.values(systems)) {
    const identity = await bus.authority.issue({ keyType })
    await bus.registry.change(consumer, { certificates: [{ pem: identity.pem }] })
    await writeClientFolder(join(folder, name), identity, busCertificates, bus.authority.pem)
  }
  await bus.registry.change(subsystems.personnel, { replySignature: 'rsa' })
  bus.providers.taxes.answer = finAnswer
})

afterEach(() => {
  proxy.reset()
  bus.providers.taxes.deliveries.length = 0
})

afterAll(async () => {
  await bus.close()
  await demoAgency.close()
  await proxy.close()
  await rm(folder, { recursive: true, force: true })
})

interface System {
  readonly name: string
  readonly consumer: string
  readonly keyType: 'rsa-2048' | 'p256'
}

/** Agencies' systems, by what they sign with, and what is signed for them. */
const systems = {
  rsa: { name: 'RSA, answered with P-256', consumer: subsystems.portal, keyType: 'rsa-2048' },
  p256: { name: 'P-256, answered with P-256', consumer: subsystems.portal, keyType: 'p256' },
  rsaOnly: { name: 'RSA, answered with RSA', consumer: subsystems.personnel, keyType: 'rsa-2048' },
} satisfies Record<string, System>

const node = [process.execPath, '--no-deprecation', 'docs/connect-soap/node-client.mjs']

interface Program {
  readonly name: string
  readonly describeOrSkip: typeof describe.skip
  readonly command: (service?: string) => readonly string[]
  readonly systems: readonly System[]
  /** Makes it, where its stack makes one from the WSDL of each service. */
  readonly prepare?: (service: string) => Promise<unknown>
}

const allSystems = Object.values(systems)
const builtIn = (service: string): string => join(folder, service.replaceAll('/', '-'))

const programs: readonly Program[] = [
  {
    name: 'zeep with xmlsec',
    describeOrSkip: await describeWith('zeep'),
    command: () => ['/usr/bin/python3', 'docs/connect-soap/zeep_client.py'],
    systems: allSystems,
  },
  {
    name: 'PHP’s SoapClient',
    describeOrSkip: await describeWith('php'),
    command: () => ['php', 'docs/connect-soap/php-client.php'],
    systems: allSystems,
  },
  { name: 'Node’s soap', describeOrSkip: describe, command: () => node, systems: allSystems },
  {
    name: 'gSOAP',
    describeOrSkip: await describeWith('gsoap'),
    command: (described = service) => [join(builtIn(described), 'gsoap-client')],
    // Its plugin reads and writes signatures of RSA only as XML Signature wants them.
    systems: [systems.rsaOnly],
    prepare: async (described) => {
      await mkdir(builtIn(described))
      const wsdl = `${proxy.address}/${described}?wsdl`
      const build = 'docs/connect-soap/build-gsoap-client.sh'
      return command('bash', [build, wsdl, builtIn(described)])
    },
  },
]

const callBy = (program: readonly string[], system: System, ...more: string[]) =>
  runClient(program, [
    ...[join(folder, system.name), proxy.address, system.consumer, service],
    ...['5XY7K2A', surname, ...more],
  ])

for (const program of programs) {
  program.describeOrSkip(program.name, () => {
    const call = (system = program.systems[0]!): Promise<SaidClient> =>
      callBy(program.command(), system)

    beforeAll(async () => {
      await program.prepare?.(service)
    }, 120_000)

    it.each(program.systems)('from our WSDL: $name', async (system) => {
      const { exitCode, said, errors } = await call(system)
      expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
      expect(said).toEqual({ fin: '5XY7K2A', adSoyad: `Əli ${surname}` })
      expect(bus.providers.taxes.count).toBe(1)
    })

    it('from the WSDL of the demo, and of somebody unknown, too', async () => {
      const ask = (...asked: string[]): Promise<SaidClient> => {
        const system = program.systems[0]!
        const own = [join(folder, system.name), proxy.address, system.consumer, demoService]
        return runClient(program.command(demoService), [...own, ...asked])
      }
      await program.prepare?.(demoService)
      const found = await ask('0TEST01', 'Nümunəyev')
      expect(found).toMatchObject({ exitCode: 0, errors: '' })
      expect(found.said).toEqual({ fin: '0TEST01', adSoyad: 'Nümunəyev Əli Şükür oğlu' })
      const unknown = await ask('0TEST99', 'Nümunəyev')
      expect(unknown).toMatchObject({ exitCode: 0, errors: '' })
      expect(unknown.said['adSoyad'] ?? null).toBeNull()
    }, 120_000)

    it('says what it takes, and ends with 64', async () => {
      const { exitCode, said, errors } = await runClient(program.command(), ['FOLDER'])
      expect({ exitCode, said }).toEqual({ exitCode: 64, said: {} })
      expect(errors).toContain('FOLDER BUS CLIENT SERVICE FIN SURNAME')
    })

    it('reads a refusal as a fault, with code and both texts', async () => {
      proxy.request = replacing('5XY7K2A', '5XY7K2B')
      const { exitCode, said } = await call()
      expect(exitCode).toBe(1)
      expect(said).toMatchObject({
        code: 'SIGNATURE_INVALID',
        side: 'consumer',
        az: 'İmza etibarsızdır: məlumat dəyişdirilmiş ola bilər',
        en: 'Signature invalid',
      })
      expect(bus.providers.taxes.count).toBe(0)
    })

    it.each([
      ['altered', replacing('Əli', 'Vəli')],
      ['without its signature', unsigned],
    ])('does not accept an answer that is %s', async (_what, rewrite) => {
      proxy.reply = rewrite
      expectNotAccepted(await call())
      expect(bus.providers.taxes.count).toBe(1)
    })

    it('does not accept a refusal that was altered', async () => {
      proxy.request = replacing('5XY7K2A', '5XY7K2B')
      proxy.reply = replacing('SIGNATURE_INVALID', 'ACCESS_DENIED')
      expectNotAccepted(await call())
    })

    it.each([
      ['another Body stands where', wrapped],
      ['another Body has the Id of', wrappedTwice],
    ])('does not read what %s the signed one did', async (_what, rewrite) => {
      proxy.reply = rewrite
      const client = await call()
      // A client that reads nothing but what was signed may go on with that.
      if (client.exitCode === 0) expect(client.said['adSoyad']).toBe(`Əli ${surname}`)
      else expectNotAccepted(client)
    })

    it('does not accept the answer to another request', async () => {
      let earlier = ''
      proxy.reply = (message) => (earlier = message)
      await call()
      proxy.reply = () => earlier
      const client = await call()
      expectNotAccepted(client)
      expect(client.errors).toContain('another request')
    })
  })
}

describe('attachments', () => {
  const content = randomBytes(100_000)
  const returned = {
    contentId: 'arayis-1@vn.az',
    rawHeaders: ['Content-Type', 'application/octet-stream', 'Content-Transfer-Encoding', 'binary'],
    content: randomBytes(50_000),
  }

  const boundary = 'boundary="sluice-test-boundary"'
  const mtom: AnswerOf = (delivery) => ({
    headers: {
      'Content-Type': `multipart/related; type="application/xop+xml"; start-info="text/xml"; ${boundary}`,
    },
    payload: multipartOf(
      'application/xop+xml; type="text/xml"',
      finEnvelope(delivery, `<sened>${includeOf(returned)}</sened>`),
      [returned],
    ),
  })
  const swa: AnswerOf = (delivery) => ({
    headers: { 'Content-Type': `multipart/related; type="text/xml"; ${boundary}` },
    payload: multipartOf('text/xml', finEnvelope(delivery), [returned]),
  })
  const { length } = returned.content

  afterAll(() => {
    bus.providers.taxes.answer = finAnswer
  })

  describe('with Node’s soap', () => {
    const call = async (answer: AnswerOf): Promise<SaidClient> => {
      bus.providers.taxes.answer = answer
      const file = join(folder, 'sened')
      await writeFile(file, content)
      return callBy(node, systems.rsa, file)
    }

    it.each([
      ['SwA', swa, { attachments: [length] }],
      ['MTOM', mtom, { attachments: [length], sened: length }],
    ])('go as MTOM, and come back as %s, verified', async (_what, answer, expected) => {
      const { exitCode, said, errors } = await call(answer)
      expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
      expect(said).toMatchObject(expected)
      const { payload, header } = bus.providers.taxes.latest
      const type = readContentType(header('content-type'))
      const { attachments } = readMultipart(payload, type as MultipartContentType)
      expect(attachments.map((arrived) => content.equals(arrived.content))).toEqual([true])
    })

    it('altered on the way there, are refused', async () => {
      proxy.request = flipped(content)
      expect(await call(swa)).toMatchObject({ exitCode: 1, said: { code: 'SIGNATURE_INVALID' } })
      expect(bus.providers.taxes.count).toBe(0)
    })

    it.each([
      ['SwA', swa],
      ['MTOM', mtom],
    ])('altered on the way back as %s, are not accepted', async (_what, answer) => {
      proxy.reply = flipped(returned.content)
      expectNotAccepted(await call(answer))
    })
  })

  const zeep = programs[0]!
  zeep.describeOrSkip('with zeep', () => {
    const call = (answer: AnswerOf): Promise<SaidClient> => {
      bus.providers.taxes.answer = answer
      return callBy(zeep.command(), systems.rsa)
    }

    it('come back as MTOM, verified', async () => {
      const { exitCode, said, errors } = await call(mtom)
      expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
      expect(said).toMatchObject({ sened: length })
    })

    it('altered on the way back, are not accepted', async () => {
      proxy.reply = flipped(returned.content)
      expectNotAccepted(await call(mtom))
    })

    it('that stand beside the envelope (SwA) are not accepted', async () => {
      expectNotAccepted(await call(swa))
    })
  })
})

function expectNotAccepted({ exitCode, said, errors }: SaidClient): void {
  expect({ exitCode, said, errors }).toEqual({
    exitCode: 2,
    said: {},
    errors: expect.stringMatching(/^the answer was not accepted: /),
  })
}
