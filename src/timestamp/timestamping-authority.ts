import { OctetString } from '@peculiar/asn1-schema'
import {
  Accuracy,
  MessageImprint,
  PKIFailureInfo,
  PKIFreeText,
  PKIStatus,
  PKIStatusInfo,
  TimeStampResp,
  TSTInfo,
  type TimeStampToken,
} from '@peculiar/asn1-tsp'
import { AlgorithmIdentifier } from '@peculiar/asn1-x509'
import { randomBytes, type KeyObject } from 'node:crypto'
import { cmsIds, digestId, digestNames } from '../cms/cms-ids.js'
import { arrayBufferOf, derOf, rawDer } from '../cms/der-output.js'
import { signData } from '../cms/sign-data.js'
import { DerError } from '../trust/x509/der.js'
import { parseTimestampRequest, type TimestampWish } from './timestamp-request.js'

export interface TimestampingAuthorityOptions {
  readonly privateKey: KeyObject
  /** DER of a certificate for timestamping over this key. */
  readonly certificate: Uint8Array
  /** Object identifier of the policy that its tokens are made under. */
  readonly policy: string
  readonly now?: () => Date
}

/** Bits of PKIFailureInfo (RFC 3161 §2.4.2). */
const failureBits = { badAlg: 0, badDataFormat: 5, unacceptedPolicy: 15 } as const

/** What it says with a refusal. */
class Refusal extends Error {
  constructor(
    readonly failure: keyof typeof failureBits,
    text: string,
  ) {
    super(text)
  }
}

const accuracySeconds = 1

/** Makes timestamps with a key and a clock of its own house (RFC 3161). */
export class TimestampingAuthority {
  readonly #options: TimestampingAuthorityOptions

  constructor(options: TimestampingAuthorityOptions) {
    this.#options = options
  }

  /** DER of the TimeStampResp to a request; a request that it does not take is answered with a rejection. */
  answer(request: Uint8Array): Buffer {
    try {
      const wish = parseTimestampRequest(request)
      const status = new PKIStatusInfo({ status: PKIStatus.granted })
      const timeStampToken = rawDer(this.#token(wish)) as unknown as TimeStampToken
      return derOf(new TimeStampResp({ status, timeStampToken }))
    } catch (error) {
      if (error instanceof Refusal) return rejection(error)
      if (!(error instanceof DerError)) throw error
      return rejection(new Refusal('badDataFormat', error.message))
    }
  }

  #token(wish: TimestampWish): Buffer {
    const { privateKey, certificate, policy, now = () => new Date() } = this.#options
    checkWish(wish, policy)
    const time = now()
    // Whole seconds: the library writes a fraction's zeros, which DER does not have.
    const genTime = new Date(Math.floor(time.getTime() / 1_000) * 1_000)
    const info = new TSTInfo({
      policy,
      messageImprint: new MessageImprint({
        hashAlgorithm: new AlgorithmIdentifier({
          algorithm: digestId(wish.imprint.digest),
          parameters: null,
        }),
        hashedMessage: new OctetString(wish.imprint.hash),
      }),
      serialNumber: arrayBufferOf(randomSerial()),
      genTime,
      accuracy: new Accuracy({ seconds: accuracySeconds }),
      ...(wish.nonce !== undefined && { nonce: arrayBufferOf(Buffer.from(wish.nonce, 'hex')) }),
    })
    return signData({
      content: derOf(info),
      contentType: cmsIds.timestampInfo,
      isDetached: false,
      privateKey,
      certificate,
      certificates: wish.wantsCertificate ? [certificate] : [],
      signingTime: time,
    }).encode()
  }
}

const digestBytes: Readonly<Record<string, number>> = { sha256: 32, sha384: 48, sha512: 64 }

function checkWish({ imprint, policy }: TimestampWish, own: string): void {
  if (!Object.values(digestNames).includes(imprint.digest)) {
    throw new Refusal('badAlg', 'the imprint must be a SHA-2 digest')
  }
  if (imprint.hash.length !== digestBytes[imprint.digest]) {
    throw new Refusal('badDataFormat', 'the imprint has not the length of its digest')
  }
  if (policy !== undefined && policy !== own) {
    throw new Refusal('unacceptedPolicy', `the policy is ${own}`)
  }
}

/** RFC 3161 §2.4.2 wants no number twice, not even after a crash: 127 random bits need no memory. */
function randomSerial(): Buffer {
  const octets = randomBytes(16)
  octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40
  return octets
}

function rejection({ failure, message }: Refusal): Buffer {
  const bit = failureBits[failure]
  const octets = Buffer.alloc((bit >> 3) + 1)
  octets[bit >> 3] = 0x80 >> (bit & 7)
  const failInfo = new PKIFailureInfo(octets, 7 - (bit & 7))
  const status = new PKIStatusInfo({
    status: PKIStatus.rejection,
    statusString: new PKIFreeText([message]),
    failInfo,
  })
  return derOf(new TimeStampResp({ status }))
}
