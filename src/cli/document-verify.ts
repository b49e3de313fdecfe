import type { Finding, FindingAbout } from '../document-verifier/finding.js'
import { isPdf } from '../document-verifier/pdf-signature.js'
import { verifyDocument, type DocumentFiles } from '../document-verifier/verify-document.js'
import { readInput } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'
import { readTrustFiles } from './trust-files.js'

const usage = `Usage: sluice document verify FILE... --authorities FILE [options]

Verifies a document of the connection desk with nothing but its files: the signature inside a PDF (PAdES), the one
beside data in JSON (CAdES), and, of both, that they are the same document. Says who signed, and when.

  --authorities FILE  roots (PEM) of the bus's identity, such as its bus-ca.pem (repeatable)
  --signature FILE    the signature over the data; FILE.p7s without it
  --lang az|en        language of what is said; both by default
  --json              print what was found as JSON, in both languages

Exit code: 0 all of it is true, 1 something is false, 2 wrong use or a file that cannot be read.`

type Language = 'az' | 'en'

interface Order {
  readonly files: readonly string[]
  readonly authorities: readonly string[]
  readonly signature: string | undefined
  readonly languages: readonly Language[]
  readonly json: boolean
}

/** `sluice document verify …`. @returns exit code */
export function documentVerify(args: readonly string[], io: FileCommandIo): Promise<number> {
  return withUsage(io, usage, async () => {
    const order = orderOf(args)
    if (order === 'help') return 'help'
    const trust = { trust: order.authorities, intermediate: [], crl: [] }
    const { anchors } = await readTrustFiles(trust, io)
    const findings = verifyDocument(await filesOf(order, io), anchors, new Date())
    const isGood = findings.every(({ outcome }) => outcome !== 'false')
    if (order.json) io.out(JSON.stringify({ good: isGood, findings }, undefined, 2))
    else for (const line of linesOf(findings, isGood, order.languages)) io.out(line)
    return isGood ? 0 : 1
  })
}

/** @throws UsageError */
async function filesOf({ files, signature }: Order, io: FileCommandIo): Promise<DocumentFiles> {
  let pdf: Buffer | undefined
  let data: DocumentFiles['data']
  for (const file of files) {
    const bytes = await readInput(file, io)
    if (isPdf(bytes)) {
      if (pdf) throw new UsageError('One PDF, and the data of the same document.')
      pdf = bytes
      continue
    }
    if (data) throw new UsageError('The data of one document, and its PDF.')
    data = { bytes, signature: await readInput(signature ?? `${file}.p7s`, io) }
  }
  if (signature !== undefined && !data) throw new UsageError('--signature goes with data in JSON.')
  return { pdf, data }
}

const words = {
  en: {
    about: { pdf: 'PDF', data: 'Data', both: 'Both' },
    outcome: { true: 'TRUE', false: 'FALSE', note: 'NOTE' },
    good: 'RESULT  The document is genuine, as far as the notes say.',
    bad: 'RESULT  Something is false: do not rely on these files.',
  },
  az: {
    about: { pdf: 'PDF', data: 'Məlumat', both: 'Birlikdə' },
    outcome: { true: 'DOĞRU', false: 'YANLIŞ', note: 'QEYD' },
    good: 'NƏTİCƏ  Sənəd həqiqidir; qeydlərə diqqət yetirin.',
    bad: 'NƏTİCƏ  Yanlış məlumat var: bu fayllara etibar etməyin.',
  },
} as const satisfies Record<
  Language,
  {
    about: Record<FindingAbout, string>
    outcome: Record<Finding['outcome'], string>
    good: string
    bad: string
  }
>

function* linesOf(
  findings: readonly Finding[],
  isGood: boolean,
  languages: readonly Language[],
): Generator<string> {
  for (const [at, language] of languages.entries()) {
    if (at > 0) yield ''
    const word = words[language]
    for (const { about, outcome, text } of findings) {
      yield `${word.outcome[outcome]}  ${word.about[about]}: ${text[language]}`
    }
    yield isGood ? word.good : word.bad
  }
}

/** @throws UsageError */
function orderOf(args: readonly string[]): Order | 'help' {
  const { values, positionals } = parsedOptions(
    args,
    {
      allowPositionals: true,
      options: {
        authorities: { type: 'string', multiple: true, default: [] },
        signature: { type: 'string' },
        lang: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    },
    usage,
  )
  if (values.help) return 'help'
  const { authorities, signature, lang, json } = values
  if (positionals.length === 0) throw wrongUse('FILE is missing.', usage)
  if (authorities.length === 0) throw wrongUse('--authorities is missing.', usage)
  if (lang !== undefined && lang !== 'az' && lang !== 'en') {
    throw wrongUse('--lang is az or en.', usage)
  }
  const languages: readonly Language[] = lang === undefined ? ['az', 'en'] : [lang]
  return { files: positionals, authorities, signature, languages, json }
}
