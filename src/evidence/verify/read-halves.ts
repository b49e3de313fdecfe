import { decodeEntry, encodeEntry, type EntryFields, type Half } from '../../message-log/entry.js'
import { halfFile, headEnds, payloadEnds, payloadFile } from '../container-files.js'
import type { EvidenceIndex } from '../evidence-index.js'
import { outcomeWords } from '../outcome-words.js'
import { printable } from '../../printable.js'
import type { ContainerFiles } from '../read-zip.js'
import type { Findings } from './report.js'

/** A half of an exchange as a container has it. */
export interface ReadHalf {
  readonly half: Half
  readonly fields: EntryFields
  readonly leafHash: Buffer
  readonly message: ReadMessage | undefined
}

/** A message with the files that it was read from. */
export interface ReadMessage {
  /** Of a signed answer: the head of what it answers. */
  readonly delivery: Buffer | undefined
  readonly head: Buffer
  readonly headFile: string
  readonly salt: Buffer
  readonly payload: Buffer
  readonly payloadFile: string
}

/** Whose a half is: in Azerbaijani with the ending that a possessor has. */
export const halfNames = {
  1: { en: 'request', az: 'Sorğunun' },
  2: { en: 'outcome', az: 'Nəticənin' },
} as const

/** Reads both halves, as far as they are there, and whether they belong together. */
export function readHalves(
  files: ContainerFiles,
  index: EvidenceIndex,
  findings: Findings,
): ReadHalf[] {
  const halves: ReadHalf[] = []
  for (const half of [1, 2] as const) {
    const file = halfFile(half, 'entry.json')
    const bytes = files.get(file)
    if (!bytes) continue
    const read = entryIn(bytes, half, index.exchangeId)
    if (read) {
      halves.push({ half, ...read, message: messageIn(files, half) })
      continue
    }
    const { en, az } = halfNames[half]
    findings.isFalse(
      'entries',
      {
        en: `The ${en}'s entry is no entry of this exchange in its canonical form.`,
        az: `${az} yazısı bu mübadilənin kanonik formada yazısı deyil.`,
      },
      file,
    )
  }
  tellOfEntries(halves, findings)
  return halves
}

/** Undefined for bytes that are no canonical entry of this half of this exchange. */
function entryIn(
  bytes: Buffer,
  half: Half,
  exchangeId: string,
): { readonly fields: EntryFields; readonly leafHash: Buffer } | undefined {
  try {
    const fields = decodeEntry(bytes)
    const again = encodeEntry(fields)
    const isOfHalf = (fields.kind === 'request') === (half === 1)
    const isSame = bytes.equals(again.bytes) && fields.exchangeId === exchangeId && isOfHalf
    return isSame ? { fields, leafHash: again.leafHash } : undefined
  } catch {
    // Whatever JSON it is, it is none of ours.
    return undefined
  }
}

function messageIn(files: ContainerFiles, half: Half): ReadMessage | undefined {
  const headEnd = headEnds.find((each) => files.has(halfFile(half, `head.${each}`)))
  const headFile = halfFile(half, `head.${headEnd ?? 'http'}`)
  const head = files.get(headFile)
  const salt = files.get(halfFile(half, 'salt.bin'))
  const end = payloadEnds.find((each) => files.has(payloadFile(half, each)))
  const payload = end && files.get(payloadFile(half, end))
  if (!head || !salt || !payload) return undefined
  return {
    delivery: files.get(halfFile(half, `delivery.${headEnd ?? 'http'}`)),
    head,
    headFile,
    salt,
    payload,
    payloadFile: payloadFile(half, end),
  }
}

function tellOfEntries(halves: readonly ReadHalf[], findings: Findings): void {
  const [first, second] = halves
  if (first && !second && first.fields.kind === 'notice') {
    tellOfNotice(first, findings)
    return
  }
  if (!first) {
    findings.isFalse('entries', {
      en: 'The container has no entry of the message log, and so proves no exchange.',
      az: 'Konteynerdə jurnal yazısı yoxdur, buna görə heç bir mübadiləni sübut etmir.',
    })
    return
  }
  if (!second) {
    tellOfOne(first, findings)
    return
  }
  const file = halfFile(2, 'entry.json')
  if (second.fields.requestEntry !== first.leafHash.toString('base64url')) {
    findings.isFalse(
      'entries',
      {
        en: 'The entry of the outcome belongs to another request than the one in the container.',
        az: 'Nəticənin yazısı konteynerdəki sorğuya deyil, başqa sorğuya aiddir.',
      },
      file,
    )
    return
  }
  const outcome = outcomeWords(printable(String(second.fields.outcome)))
  findings.proved(
    'entries',
    {
      en: `The entries of request and outcome belong together; the outcome is "${outcome.en}".`,
      az: `Sorğunun və nəticənin yazıları bir-birinə aiddir; nəticə: "${outcome.az}".`,
    },
    file,
  )
}

/** A notice is no half of the message's own exchange: it names that, and has a container of its own. */
function tellOfNotice({ half, fields }: ReadHalf, findings: Findings): void {
  const [message, request] = [fields.noticeOf, fields.requestEntry].map((each) =>
    printable(String(each)),
  )
  // The bus's own word, in the place of a recipient that did not take the message out of its queue.
  if (fields.faultSide !== undefined) {
    findings.proved(
      'entries',
      {
        en: `The entry is the bus's notice that the message ${message} was taken out of its recipient's queue undone; its request has the entry with the leaf hash ${request}, and the message a container of its own.`,
        az: `Yazı şlüzün öz bildirişidir: ${message} mesajı emal edilmədən alıcının növbəsindən çıxarılıb; həmin mesajın sorğusunun yazısının heşi: ${request}. Mesajın özünün ayrıca konteyneri var.`,
      },
      halfFile(half, 'entry.json'),
    )
    return
  }
  findings.proved(
    'entries',
    {
      en: `The entry is a recipient's notice of the message ${message}, whose request has the entry with the leaf hash ${request}; that message has a container of its own.`,
      az: `Yazı ${message} mesajı haqqında alıcının bildirişidir; həmin mesajın sorğusunun yazısının heşi: ${request}. Mesajın özünün ayrıca konteyneri var.`,
    },
    halfFile(half, 'entry.json'),
  )
}

function tellOfOne({ half, fields }: ReadHalf, findings: Findings): void {
  const file = halfFile(half, 'entry.json')
  if (half === 1) {
    findings.notChecked(
      'entries',
      {
        en: 'There is an entry of the request and none of an outcome: how it ended is not known.',
        az: 'Sorğunun yazısı var, nəticənin yazısı yoxdur: mübadilənin necə bitdiyi məlum deyil.',
      },
      file,
    )
    return
  }
  const outcome = outcomeWords(printable(String(fields.outcome)))
  const whole = fields.requestEntry === undefined
  if (whole) {
    findings.proved(
      'entries',
      {
        en: `The request was refused before it was logged as one; the refusal's entry says "${outcome.en}".`,
        az: `Sorğu ayrıca jurnala yazılmazdan əvvəl rədd edilib; yazıda göstərilən nəticə: "${outcome.az}".`,
      },
      file,
    )
    return
  }
  findings.isFalse(
    'entries',
    {
      en: 'The entry of the outcome names a request whose entry is not in the container.',
      az: 'Nəticənin yazısı konteynerdə yazısı olmayan sorğuya istinad edir.',
    },
    file,
  )
}
