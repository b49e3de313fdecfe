import { generateKeyPairSync, hash, randomUUID } from 'node:crypto'
import { v7 } from 'uuid'
import { exportEvidence, type ExportOptions } from '../../src/evidence/export-evidence.js'
import type { ExchangeEvidence, HalfEvidence } from '../../src/evidence/exchange-evidence.js'
import { createSeal } from '../../src/evidence/seal.js'
import type { GivenTrust } from '../../src/evidence/verify/believed.js'
import { headBytes, without } from '../../src/http/headers.js'
import { encodeEntry, type EntryFields, type Half } from '../../src/message-log/entry.js'
import {
  makeDataKey,
  masterKeyOf,
  openPayload,
  sealPayload,
  type OpenedPayload,
} from '../../src/message-log/payload-cipher.js'
import { makeTimestampRequest } from '../../src/timestamp/timestamp-request.js'
import { verifyResponse } from '../../src/timestamp/verify-response.js'
import { formatCheckpoint, originOf } from '../../src/tlog/checkpoint.js'
import { inclusionProof, leafHashOf, nodeHashOf, rootOf } from '../../src/tlog/merkle.js'
import { noteSigner, verifierKeyText } from '../../src/tlog/note-keys.js'
import { formatNote, formatSignature } from '../../src/tlog/note.js'
import { rawHeadersOf, signRequest } from '../../src/trust/http-signature/client.js'
import { plainComponent } from '../../src/trust/http-signature/component.js'
import { contentDigestText, sha256Of } from '../../src/trust/http-signature/content-digest.js'
import { replyMessage, requestMessageOf } from '../../src/trust/http-signature/message.js'
import { createMessageSigner } from '../../src/trust/http-signature/sign-message.js'
import { createHttpSigner } from '../../src/trust/http-signer.js'
import { parseCertificate } from '../../src/trust/x509/certificate.js'
import { makeAuthority, type TestAuthority, type TestIdentity } from './pki.js'
import { issueTsa, makeTsa, type TestTsa } from './timestamps.js'
import { signedMessage } from './wss.js'

/** Everybody who has a part in an exchange, with certificates that ran out long ago. */
export interface EvidenceCast {
  readonly authority: TestAuthority
  readonly consumer: TestIdentity
  readonly provider: TestIdentity
  readonly busRoot: TestAuthority
  readonly bus: TestIdentity
  readonly tsa: TestTsa
  readonly log: ReturnType<typeof noteSigner>
  readonly witness: ReturnType<typeof noteSigner>
}

export const consumerOf = 'AZ/GOV/VN/SC'
export const providerOf = 'AZ/GOV/DIN/GCQ'
/** The day of the exchange, well before any test runs. */
export const then = new Date('2025-03-03T10:00:00.000Z')
export const hour = 3_600_000
const day = 24 * hour
const validity = {
  notBefore: new Date(then.getTime() - 60 * day),
  notAfter: new Date(then.getTime() + 60 * day),
}
const long = { ...validity, notAfter: new Date(then.getTime() + 3_650 * day) }

export async function makeCast(
  wish: { keyType?: 'rsa-2048' | 'p256' } = {},
): Promise<EvidenceCast> {
  const { keyType = 'p256' } = wish
  const authority = await makeAuthority('Kök', validity)
  const busRoot = await makeAuthority('Şin kökü', long)
  const ed25519 = () => generateKeyPairSync('ed25519').privateKey
  return {
    authority,
    busRoot,
    consumer: await authority.issue({ subject: 'Vergi', keyType, ...validity }),
    provider: await authority.issue({ subject: 'DİN', keyType, ...validity }),
    bus: await busRoot.issue({ subject: 'Şin', ...long }),
    tsa: await makeTsa(
      async (root) => issueTsa(root, validity),
      () => new Date(then.getTime() + 60_000),
      validity,
    ),
    log: noteSigner(originOf('sluice', 'domain/PORTAL'), ed25519()),
    witness: noteSigner('agentlik', ed25519(), 'cosignature/v1'),
  }
}

export type EvidenceKind = 'rest' | 'soap' | 'refused' | 'unsigned'

const body = Buffer.from('{"fin":"5XY7K2A","ad":"Şəfəq"}')
const url = 'https://bus.example/r1/AZ/GOV/DIN/GCQ/finAxtaris/v1?fin=5XY7K2A'

/** An exchange as a database would give it, a year after. */
export async function makeEvidence(
  cast: EvidenceCast,
  kind: EvidenceKind = 'rest',
  revoked: readonly string[] = [],
): Promise<ExchangeEvidence> {
  const exchangeId = v7()
  const halves =
    kind === 'soap' ? await soapHalves(cast, exchangeId) : await restHalves(cast, kind, exchangeId)
  const { checkpoint, places } = await checkpointOver(
    cast,
    halves.map(({ entry }) => entry),
  )
  const list = await cast.authority.revocationList(revoked, {
    thisUpdate: new Date(then.getTime() - day),
    nextUpdate: new Date(then.getTime() + day),
    revocations: revoked.map((serialNumber) => ({
      serialNumber,
      revokedAt: new Date(then.getTime() - hour),
    })),
  })
  return {
    exchangeId,
    halves: halves.map((half, at) => ({ ...half, place: places[at] })),
    checkpoint,
    signers: new Map(
      [cast.consumer, cast.provider].map(({ thumbprint, der }) => [thumbprint, Buffer.from(der)]),
    ),
    material: {
      authorities: [{ der: Buffer.from(cast.authority.der), role: 'anchor', revocation: 'crl' }],
      revocationLists: [list],
      busCertificates: [cast.bus, cast.busRoot].map(({ der }) => Buffer.from(der)),
    },
    judgedAt: new Date(then.getTime() + 60_000),
    actId: v7(),
  }
}

export function optionsFor(cast: EvidenceCast, now: Date = new Date()): ExportOptions {
  return {
    by: 'N. Əliyeva',
    reason: 'Məhkəmə işi 12',
    now,
    seal: createSeal(
      { privateKey: cast.bus.privateKey, certificate: cast.bus.der, chain: [cast.busRoot.der] },
      (data) => Promise.resolve(stampedBy(cast, data)),
      now,
    ),
    log: {
      key: verifierKeyText(cast.log.key),
      witnessKeys: [verifierKeyText(cast.witness.key)],
      independentAuthorities: new Set(['vaxt']),
      timestampingCertificates: [cast.tsa.root.der],
    },
  }
}

export async function containerOf(
  cast: EvidenceCast,
  kind: EvidenceKind = 'rest',
): Promise<Buffer> {
  return exportEvidence(await makeEvidence(cast, kind), optionsFor(cast))
}

/** What a court that trusts the right ones is given. */
export function trustIn(cast: EvidenceCast): GivenTrust {
  return {
    anchors: [cast.authority, cast.busRoot, cast.tsa.root].map(({ der }) => parseCertificate(der)),
    logKeys: [cast.log.key],
    witnessKeys: [cast.witness.key],
  }
}

export const trustInNobody: GivenTrust = { anchors: [], logKeys: [], witnessKeys: [] }

export function stampedBy({ tsa }: EvidenceCast, data: Uint8Array): Buffer {
  const { der, nonce } = makeTimestampRequest(data, undefined)
  const receivedAt = new Date(then.getTime() + 60_000)
  const response = tsa.authority.answer(der)
  return verifyResponse({ response, data, nonce, trust: tsa.trust, receivedAt }).token
}

type HalfWithoutPlace = Omit<HalfEvidence, 'place'>

async function restHalves(
  cast: EvidenceCast,
  kind: Exclude<EvidenceKind, 'soap'>,
  exchangeId: string,
): Promise<HalfWithoutPlace[]> {
  const { consumer } = cast
  const headers = signRequest({
    method: 'POST',
    url,
    headers: {
      Host: 'bus.example',
      'Content-Type': 'application/json',
      'X-Road-Client': consumerOf,
      'X-Road-Id': 'sorgu-1',
      'Sluice-Mode': 'body',
    },
    payload: body,
    privateKey: consumer.privateKey,
    certificateThumbprint: consumer.thumbprint,
    created: then,
  })
  const { pathname, search } = new URL(url)
  const rawHeaders = rawHeadersOf(headers)
  const head = headBytes(`POST ${pathname}${search} HTTP/1.1`, rawHeaders)
  const value = Buffer.from(/:([^:]+):/.exec(headers['Signature'] ?? '')?.[1] ?? '', 'base64')
  const asked = {
    ...common(exchangeId, 'rest'),
    consumerCertificate: consumer.thumbprint,
    consumerSignatureDigest: hash('sha256', value, 'base64url'),
  }
  if (kind === 'refused') {
    const fields = {
      ...asked,
      kind: 'refusal',
      outcome: 'ACCESS_DENIED',
      faultSide: 'consumer',
    } as const
    return [await halfOf(2, fields, { head, payload: body })]
  }
  const request = await halfOf(1, { ...asked, kind: 'request' }, { head, payload: body })
  const answer = answered(cast, rawHeaders, kind === 'rest')
  const fields = replyFields(
    exchangeId,
    'rest',
    request,
    kind === 'rest' ? cast.provider : undefined,
  )
  return [request, await halfOf(2, fields, answer)]
}

function answered(
  { bus, provider }: EvidenceCast,
  rawHeaders: readonly string[],
  isSigned: boolean,
): { readonly head: Buffer; readonly payload: Buffer } {
  const payload = Buffer.from('{"unvan":"Bakı, Nizami küç. 5"}')
  const target = 'http://gcq.example/api?fin=5XY7K2A'
  const given = [...without(rawHeaders, ['host']), 'Host', 'gcq.example', 'Via', '1.1 sluice']
  const signer = createHttpSigner({
    privateKey: bus.privateKey,
    certificateThumbprint: bus.thumbprint,
    now: () => then,
  })
  const added = signer.signDelivery({
    method: 'POST',
    targetUri: target,
    rawHeaders: given,
    cover: ['content-type'],
    payloadSha256: sha256Of(body),
    hasPayload: true,
  })
  const names = added.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())
  const sent = [...without(given, names), ...added]
  const delivery = headBytes('POST /api?fin=5XY7K2A HTTP/1.1', sent)
  const fields = [
    'Content-Type',
    'application/json',
    'Content-Digest',
    contentDigestText(sha256Of(payload)),
  ]
  if (!isSigned) return { head: headBytes('HTTP/1.1 200 OK', fields), payload }
  const sign = createMessageSigner({
    privateKey: provider.privateKey,
    certificateThumbprint: provider.thumbprint,
    now: () => then,
  })
  const ofDelivery = {
    ...plainComponent('signature'),
    identifier: '"signature";req;key="sluice"',
    req: true,
    key: 'sluice',
  }
  const message = replyMessage(
    { status: 200, rawHeaders: fields },
    requestMessageOf('POST', target, sent),
  )
  const components = [plainComponent('@status'), plainComponent('content-digest'), ofDelivery]
  const { input, value } = sign(message, components, 'provider')
  const head = headBytes('HTTP/1.1 200 OK', [
    ...fields,
    'Signature-Input',
    input,
    'Signature',
    value,
  ])
  return { head: Buffer.concat([delivery, head]), payload }
}

async function soapHalves(cast: EvidenceCast, exchangeId: string): Promise<HalfWithoutPlace[]> {
  const clock = { now: () => then }
  const payload = signedMessage(cast.consumer, {}, clock)
  const fields = [
    'Host',
    'bus.example',
    'Content-Type',
    'text/xml; charset=utf-8',
    'SOAPAction',
    '""',
  ]
  const head = headBytes('POST /soap HTTP/1.1', fields)
  const value = Buffer.from(/SignatureValue>([^<]+)</.exec(payload.toString())?.[1] ?? '', 'base64')
  const request = await halfOf(
    1,
    {
      ...common(exchangeId, 'soap'),
      kind: 'request',
      consumerCertificate: cast.consumer.thumbprint,
      consumerSignatureDigest: hash('sha256', value, 'base64url'),
    },
    { head, payload },
  )
  const answer = signedMessage(
    cast.provider,
    {
      blocks: [],
      body: '<g:finAxtarisResponse xmlns:g="urn:gcq"><unvan>Bakı</unvan></g:finAxtarisResponse>',
    },
    clock,
  )
  const reply = replyFields(exchangeId, 'soap', request, cast.provider)
  const replyHead = headBytes('HTTP/1.1 200 OK', ['Content-Type', 'text/xml; charset=utf-8'])
  return [request, await halfOf(2, reply, { head: replyHead, payload: answer })]
}

function common(exchangeId: string, protocol: string): Omit<EntryFields, 'kind'> {
  return {
    format: 2,
    exchangeId,
    messageId: 'sorgu-1',
    domain: 'PORTAL',
    consumer: consumerOf,
    provider: providerOf,
    service: `${providerOf}/finAxtaris/v1`,
    consumerIdentity: 'verified',
    consumerProtocol: protocol,
    providerProtocol: protocol,
    purpose: 'vergi yoxlaması',
    receivedAt: then.toISOString(),
    recordedAt: then.toISOString(),
  }
}

function replyFields(
  exchangeId: string,
  protocol: string,
  request: HalfWithoutPlace,
  provider: TestIdentity | undefined,
): EntryFields {
  return {
    ...common(exchangeId, protocol),
    kind: 'reply',
    outcome: 'answered',
    answeredAt: then.toISOString(),
    providerCertificate: provider?.thumbprint,
    requestEntry: leafHashOf(request.entry).toString('base64url'),
  }
}

const master = masterKeyOf(Buffer.alloc(32, 3))

async function halfOf(
  half: Half,
  fields: EntryFields,
  message: { readonly head: Buffer; readonly payload: Buffer },
): Promise<HalfWithoutPlace> {
  const opened = await kept(fields.exchangeId, half, message)
  const { digest: payloadDigest, headDigest } = opened
  const whole = { ...fields, payloadDigest, headDigest }
  return { half, fields: whole, entry: Buffer.from(encodeEntry(whole).bytes), message: opened }
}

async function kept(
  exchangeId: string,
  half: Half,
  message: { readonly head: Buffer; readonly payload: Buffer },
): Promise<OpenedPayload> {
  const key = makeDataKey(master, randomUUID(), then)
  const { sealed } = await sealPayload(key, { exchangeId, half }, message)
  return openPayload(key.key, { exchangeId, half }, sealed)
}

/** Our entries among others of the same log. */
async function checkpointOver(
  { log, witness, ...cast }: EvidenceCast,
  entries: readonly Buffer[],
): Promise<Pick<ExchangeEvidence, 'checkpoint'> & { readonly places: HalfEvidence['place'][] }> {
  const others = ['a', 'b', 'c', 'd', 'e'].map((text) => Buffer.from(text))
  const leaves = [...others.slice(0, 2), ...entries, ...others.slice(2)].map(leafHashOf)
  const read = (level: number, index: number): Buffer => {
    const leaf = leaves[index]
    if (level === 0) return leaf ?? Buffer.alloc(0)
    return nodeHashOf(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))
  }
  const size = leaves.length
  const text = formatCheckpoint({ origin: log.key.name, size, root: await rootOf(size, read) })
  const note = formatNote({ text, signatures: [log.sign(text, then)] })
  const places = entries.map(async (_, at) => ({
    index: 2 + at,
    proof: await inclusionProof(2 + at, size, read),
  }))
  return {
    checkpoint: {
      log: 'domain/PORTAL',
      note,
      cosignatures: [
        formatSignature(witness.sign(text, new Date(then.getTime() + hour))).trimEnd(),
      ],
      timestamps: [
        {
          authority: 'vaxt',
          token: stampedBy({ log, witness, ...cast }, Buffer.from(note)),
          stampedAt: new Date(then.getTime() + 60_000),
        },
      ],
    },
    places: await Promise.all(places),
  }
}
