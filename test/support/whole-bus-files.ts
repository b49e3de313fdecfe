import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash, randomBytes } from 'node:crypto'
import { attachmentOf, packMessage } from '../../adapters/soap/pack-message.js'
import { readContentType } from '../../adapters/soap/content-type.js'
import { readMultipart } from '../../adapters/soap/multipart.js'
import { BusProcess } from '../../src/bus-process.js'
import type { SoapAttachment } from '../../src/exchange/soap-content.js'
import { readXml } from '../../src/xml/read-xml.js'
import { writeContract } from './contract-samples.js'
import {
  fileContract,
  fileForms,
  fileNamespace,
  fileServiceId,
  fileServices,
  restFileContract,
  restFileService,
  type FileService,
} from './file-contracts.js'
import type { Answer } from './whole-bus-consumer.js'
import type { ArrivedDelivery, ProviderAnswer } from './whole-bus-provider.js'
import { sampleMember, sampleRight, sampleService, subsystems } from './whole-bus-sample.js'
import { includeOf, TestSoapConsumer } from './whole-bus-soap.js'
import { startWholeBus, type WholeBus } from './whole-bus.js'
import { soap11 } from './wss.js'

/** SC-10, as it stands in the repository. */
export const pledgeService = 'AZ/GOV/QKDK/GIROV/arayisMuracieti/v1'

/** A whole bus whose services have files, and a SOAP consumer in front of it. */
export interface FileBus {
  readonly bus: WholeBus
  readonly soap: TestSoapConsumer
  close(): Promise<void>
}

export async function startFileBus(): Promise<FileBus> {
  const bus = await startWholeBus({ soap: {} })
  const folder = await mkdtemp(join(tmpdir(), 'sluice-files-'))
  const { providers, identities, busCertificate, authority } = bus
  const services = []
  for (const service of fileServices) {
    const contract = await writeContract(join(folder, service), fileContract(service))
    const terms = { protocol: 'soap', contract }
    services.push(sampleService(service, providers.education.address, terms))
  }
  await bus.registry.change(subsystems.education, { services })
  const contract = await writeContract(join(folder, 'rest'), restFileContract)
  await bus.registry.change(subsystems.taxes, {
    services: [sampleService('muraciet', providers.taxes.address, { contract })],
  })
  const [pledges] = pledgeService.split(/\/(?=[^/]+\/v1$)/)
  const terms = {
    protocol: 'soap',
    contract: join(process.cwd(), 'contracts/QKDK/GIROV/arayisMuracieti/v1'),
  }
  await bus.registry.apply({
    members: [
      sampleMember(pledges!, {
        services: [sampleService('arayisMuracieti', providers.education.address, terms)],
      }),
    ],
    accessRights: [...fileServices.map(fileServiceId), restFileService, pledgeService].map(
      (service) => sampleRight(subsystems.portal, service),
    ),
  })
  const soap = new TestSoapConsumer({
    ...{ address: bus.app.get(BusProcess).addresses[1]!, consumer: subsystems.portal },
    ...{ credentials: identities.portal, busCertificate, authority },
  })
  return {
    bus,
    soap,
    close: async () => {
      soap.close()
      await bus.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export const sum = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex')

/** As entries have it, the salt first. */
export const digest = (...pieces: readonly Uint8Array[]): string =>
  hash('sha256', Buffer.concat(pieces), 'base64url')

/** What a signed PDF looks like to who carries it: any bytes, line ends and boundaries among them. */
export function signedPdf(bytes: number): Buffer {
  const start = Buffer.from('%PDF-1.7\r\n%\xe2\xe3\xcf\xd3\r\n--\r\n\r\n--sluice-', 'latin1')
  return Buffer.concat([start, randomBytes(bytes - start.length - 6), Buffer.from('\n%%EOF')])
}

export type FormField = readonly [name: string, content: Uint8Array | string, mediaType: string]

/** What is asked of every service, and its file. */
export const message: FormField = [
  'message',
  '{"saxlayici":"Nümunə MMC, Əliyev Şükür"}',
  'application/json',
]
export const fileField = (content: Uint8Array): FormField => ['sened', content, 'application/pdf']

/** A form as another people's client writes it: a part of each, with file names. */
export async function formOf(
  fields: readonly FormField[],
): Promise<{ readonly contentType: string; readonly payload: Buffer }> {
  const form = new FormData()
  for (const [name, content, type] of fields) {
    form.append(name, new Blob([Buffer.from(content as Uint8Array)], { type }), `${name} №1.bin`)
  }
  const response = new Response(form)
  return {
    contentType: response.headers.get('content-type') ?? '',
    payload: Buffer.from(await response.arrayBuffer()),
  }
}

/** The parts of an answer, as another people's client reads them. */
export async function formIn({
  headers,
  payload,
}: Answer): Promise<Readonly<Record<string, { readonly type: string; readonly content: Buffer }>>> {
  const init = { headers: { 'Content-Type': headers['content-type'] ?? '' } }
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- another reader than ours
  const form = await new Response(payload, init).formData()
  const parts: Record<string, { type: string; content: Buffer }> = {}
  for (const [name, value] of form) {
    const isText = typeof value === 'string'
    const content = isText ? Buffer.from(value) : Buffer.from(await value.arrayBuffer())
    parts[name] = { type: isText ? '' : value.type, content }
  }
  return parts
}

/** What a SOAP provider got: the text of an element, and its attachments. */
export function soapIn({ payload, header }: ArrivedDelivery): {
  readonly packaging: string
  readonly text: string
  /** Text of `sened` in the Body; undefined where it has no such element. */
  readonly element: string | undefined
  readonly attachments: readonly SoapAttachment[]
} {
  const type = readContentType(header('content-type'))
  const { envelope, attachments } =
    type.packaging === 'plain'
      ? { envelope: payload, attachments: [] }
      : withEnvelope(readMultipart(payload, type))
  const document = readXml(envelope)
  const body = document.child(document.root, soap11, 'Body')!
  const sened = document.child(document.firstChild(body)!, fileNamespace, 'sened')
  return {
    packaging: type.packaging,
    text: envelope.toString('utf8'),
    element: sened && document.textInside(sened),
    attachments,
  }
}

function withEnvelope({ soapPart, attachments }: ReturnType<typeof readMultipart>): {
  readonly envelope: Buffer
  readonly attachments: readonly SoapAttachment[]
} {
  return { envelope: soapPart.envelope, attachments }
}

/** The answer of a SOAP provider that gives a file, in the service's packaging. */
export function soapAnswer(
  service: FileService,
  file: Uint8Array,
  more: readonly SoapAttachment[] = [],
): ProviderAnswer {
  const packaging = fileForms[service].soapAttachments
  const attachment = attachmentOf('sened=1@qkdk.az', 'application/pdf', file)
  const content = {
    swa: '',
    mtom: `<sened>${includeOf(attachment)}</sened>`,
    inline: `<sened>${Buffer.from(file).toString('base64')}</sened>`,
  }[packaging]
  const { headers, payload } = packMessage({
    ...{ version: '1.1', action: '', boundary: 'qkdk', isXop: packaging === 'mtom' },
    envelope: Buffer.from(
      `<S:Envelope xmlns:S="${soap11}"><S:Body><cavab xmlns="${fileNamespace}">` +
        `<muracietNo>QK-2013-0001</muracietNo>${content}</cavab></S:Body></S:Envelope>`,
    ),
    attachments: [...(packaging === 'inline' ? [] : [attachment]), ...more],
  })
  return { headers: { 'Content-Type': headers['Content-Type'] ?? '' }, payload }
}
