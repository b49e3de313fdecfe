import type { Half } from '../message-log/entry.js'
import { firstValue } from '../http/headers.js'
import { isMqHead, readMqHead, splitMqHeads } from '../mq-head.js'
import type { CheckpointEvidence, HalfEvidence } from './exchange-evidence.js'
import { parseHead, splitHeads } from '../http/kept-head.js'
import { formatTlogProof } from './tlog-proof.js'

/** Names of a container's files. */
export const checkpointFile = 'checkpoint.txt'
export const summaryFile = (language: 'az' | 'en'): string => `summary.${language}.txt`
export const timestampFile = (number: number): string => `timestamp-${number}.tst`
export const certificateFile = (number: number): string => `certificates/${number}.cer`
export const revocationListFile = (number: number): string => `revocation/${number}.crl`
/** Numbered on its own: the end tells the two apart. */
export const ocspAnswerFile = (number: number): string => `revocation/${number}.ors`

/** Where the files of a half are. */
export const folderOf: Readonly<Record<Half, string>> = { 1: 'request', 2: 'outcome' }

export type HalfFile =
  'entry.json' | 'entry.tlog-proof' | `delivery.${HeadEnd}` | `head.${HeadEnd}` | 'salt.bin'

/** Heads of HTTP are as they came; of a message of a queue there is JSON. */
export type HeadEnd = 'http' | 'json'
export const headEnds: readonly HeadEnd[] = ['http', 'json']

export function halfFile(half: Half, name: HalfFile): string {
  return `${folderOf[half]}/${name}`
}

/** The payload's file is named by its type, for whoever looks into the container. */
export const payloadEnds = ['xml', 'json', 'bin'] as const

export function payloadFile(half: Half, end: (typeof payloadEnds)[number]): string {
  return `${folderOf[half]}/payload.${end}`
}

/** The files of one half. */
export function* filesOfHalf(
  { half, entry, message, place }: HalfEvidence,
  checkpoint: CheckpointEvidence | undefined,
): Generator<[name: string, content: Buffer]> {
  yield [halfFile(half, 'entry.json'), entry]
  if (place && checkpoint) {
    const { index, proof: hashes } = place
    const note = cosigned(checkpoint)
    const proof = formatTlogProof({ index, hashes, checkpoint: note })
    yield [halfFile(half, 'entry.tlog-proof'), proof]
  }
  if (!message) return
  const isMq = isMqHead(message.head)
  const end = isMq ? 'json' : 'http'
  const [first, second] = isMq ? splitMqHeads(message.head) : splitHeads(message.head)
  // Of a signed answer the delivery's head is kept before its own (`answer-head.ts`).
  if (first && second) yield [halfFile(half, `delivery.${end}`), first]
  const head = second ?? message.head
  yield [halfFile(half, `head.${end}`), head]
  yield [halfFile(half, 'salt.bin'), message.salt]
  yield [payloadFile(half, endOf(head)), message.payload]
}

/** The note with the lines of its witnesses below. */
export function cosigned({ note, cosignatures }: CheckpointEvidence): string {
  return note + cosignatures.map((line) => `${line}\n`).join('')
}

function endOf(head: Buffer): (typeof payloadEnds)[number] {
  const type = mediaType(head)
  if (/^(?:text|application)\/(?:[a-z0-9.-]+\+)?xml$/.test(type)) return 'xml'
  return /^application\/(?:[a-z0-9.-]+\+)?json$/.test(type) ? 'json' : 'bin'
}

function contentType(head: Buffer): string | undefined {
  if (isMqHead(head)) return readMqHead(head).contentType
  return firstValue(parseHead(head).rawHeaders, 'content-type')
}

function mediaType(head: Buffer): string {
  try {
    const value = contentType(head) ?? ''
    return value.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  } catch {
    return ''
  }
}
