import { X509Certificate } from 'node:crypto'
import { readCertificationRequest } from '../../ca/certification-request.js'
import { followLife } from '../../ca/certificate-life.store.js'
import type { IssuingCa } from '../../ca/issuing-ca.store.js'
import { CaError } from '../../ca/ca-error.js'
import { checkKeyIsFree } from '../../ca/key-clash.store.js'
import type { CaseCaller } from '../../connection/case-effects.js'
import type { ConnectionCase } from '../../connection/connection-case.js'
import type { ActOfConnectionContent } from '../../document/document-content.js'
import type { SubsystemId } from '../../exchange/identifier.js'
import type { RegistryContent } from '../../registry/registry-content.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { caProblem, withCaProblems } from '../certificates/ca-problem.js'
import { Problem } from '../problem.js'
import { activeCertificates } from './agreement-facts.store.js'

const certificateLine = '-----BEGIN CERTIFICATE-----'

/**
 * Of a case whose participant brings a certificate of an accepted authority: its place in the declaration of the system.
 * @throws Problem UNPROCESSABLE for one of no accepted authority, or out of its time
 */
export function broughtCertificate(
  { application }: ConnectionCase,
  { authorities }: Pick<RegistryContent, 'authorities'>,
  now: Date,
): object | undefined {
  const pem = application.certificateRequest
  if (!pem?.includes(certificateLine)) return undefined
  const certificate = parsed(pem)
  const isAccepted = authorities
    .filter(({ status }) => status === 'accepted')
    .map(({ der }) => new X509Certificate(der))
    .some((each) => certificate.checkIssued(each) && certificate.verify(each.publicKey))
  if (isAccepted && isInTime(certificate, now)) return { certificates: [{ pem }] }
  throw wrongCertificate({
    az: 'qəbul edilmiş mərkəzin qüvvədə olan sertifikatı deyil',
    en: 'is no certificate of an accepted authority in its time',
  })
}

/**
 * Looks at the key that a system is to have, before anything is decided that cannot be undone. What is wrong with a request as such is
 * for the check to find (TT-03), until the registration.
 * @throws Problem UNPROCESSABLE for another system's key, or one that was revoked
 */
export async function checkKey(
  client: AdminTransaction,
  { kind, objectId, application }: ConnectionCase,
  phase: 'rehearsal' | 'registration',
): Promise<void> {
  const pem = application.certificateRequest
  if (kind !== 'system' || pem === undefined) return
  const spki = spkiOf(pem, phase)
  if (!spki) return
  try {
    await withCaProblems(() => checkKeyIsFree(client, spki, objectId))
  } catch (error) {
    throw error instanceof Problem ? inRequest(error) : error
  }
}

function spkiOf(pem: string, phase: 'rehearsal' | 'registration'): Buffer | undefined {
  if (pem.includes(certificateLine)) {
    try {
      return new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' })
    } catch {
      // That it cannot be read is said of the certificate.
      return undefined
    }
  }
  try {
    return readCertificationRequest(Buffer.from(pem)).spki
  } catch (error) {
    if (!(error instanceof CaError)) throw error
    if (phase === 'rehearsal') return undefined
    throw inRequest(caProblem(error))
  }
}

function inRequest({ code, detail = '' }: Problem): Problem {
  const errors = [{ pointer: '/application/certificateRequest', detail }]
  return new Problem(code, { detail, errors })
}

/** @throws Problem UNAVAILABLE where this node cannot issue what the application asks for */
export async function checkCa(
  { kind, application }: ConnectionCase,
  ca: IssuingCa | undefined,
): Promise<void> {
  const pem = application.certificateRequest
  if (kind !== 'system' || pem === undefined || pem.includes(certificateLine)) return
  await withCaProblems(() => readyCa(ca).authority())
}

function readyCa(ca: IssuingCa | undefined): IssuingCa {
  if (ca) return ca
  throw new CaError('CA_NOT_READY', 'This node has no CA (ca in the configuration).')
}

/** Issues a certificate upon the request of the application, where there is one, in the transaction of the registration. */
export async function issueFor(
  client: AdminTransaction,
  { id, objectId, openedBy, application }: ConnectionCase,
  ca: IssuingCa | undefined,
  caller: CaseCaller,
  now: Date,
): Promise<void> {
  const pem = application.certificateRequest
  if (pem === undefined || pem.includes(certificateLine)) return
  await withCaProblems(async () => {
    const order = {
      request: readCertificationRequest(Buffer.from(pem)),
      subsystem: objectId as SubsystemId,
      requester: openedBy,
      author: { ...caller.actor(), reason: `connection case ${id}` },
      ...{ beforeConnection: true, client },
    }
    await readyCa(ca).issue(order, now)
  })
}

/** Certificates of a system that is not connected yet wait with it. */
export async function holdUntilConnected(
  client: AdminTransaction,
  system: SubsystemId,
  author: Parameters<typeof followLife>[3],
): Promise<void> {
  await followLife(client, [system], 'suspended', author)
}

/**
 * The certificate that a system is connected with: of those that are in use and in their time, the one that ends last.
 * @throws Problem CONFLICT where there is none
 */
export async function certificateInUse(
  client: AdminTransaction,
  system: SubsystemId,
  now: Date,
): Promise<NonNullable<ActOfConnectionContent['certificate']>> {
  const found = (await activeCertificates(client, system))
    .map((der) => new X509Certificate(der))
    .filter((each) => isInTime(each, now))
    .sort((one, other) => timesOf(other).notAfter.getTime() - timesOf(one).notAfter.getTime())
  const [certificate] = found
  if (certificate) {
    return {
      serial: certificate.serialNumber.toLowerCase(),
      issuer: certificate.issuer.replaceAll('\n', ', '),
      ...timesOf(certificate),
    }
  }
  throw new Problem('CONFLICT', {
    detail: {
      az: 'Sistemin qüvvədə olan sertifikatı yoxdur',
      en: 'The system has no certificate in force',
    },
  })
}

function timesOf({ validFrom, validTo }: X509Certificate): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(validFrom), notAfter: new Date(validTo) }
}

function isInTime(certificate: X509Certificate, now: Date): boolean {
  const { notBefore, notAfter } = timesOf(certificate)
  return notBefore <= now && now < notAfter
}

function parsed(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw wrongCertificate({ az: 'oxuna bilən sertifikat deyil', en: 'is no readable certificate' })
  }
}

function wrongCertificate(detail: { az: string; en: string }): Problem {
  return new Problem('UNPROCESSABLE', {
    errors: [{ pointer: '/application/certificateRequest', detail }],
  })
}
