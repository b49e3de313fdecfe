import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ContractError } from '../contract/contract-error.js'
import { readContractFolder, type ContractFolder } from '../contract/contract-files.js'
import { checkContract, type ContractReport } from '../contract/lint/check-contract.js'
import type { Finding } from '../contract/lint/finding.js'
import { UsageError, type CommandIo } from './command-io.js'

const usage = `Usage: sluice contract check FOLDER [--against OLDER] [--lang az|en] [--json]

Checks the contract of a service before its agency applies: everything that registration refuses, the points of
WS-I Basic Profile 1.1 by their numbers, fields without type or bound, personal data without FIN (TT-06), all
samples good and bad, and, against the folder of an older version, what would break systems of today.

  --against OLDER   folder of the version before
  --lang az|en      language of what is said; English without it
  --json            as JSON, in both languages

Exit code: 0 it can be registered, 1 it cannot, or a sample fails, or something breaks, 2 wrong use.`

type Language = 'az' | 'en'

interface Options {
  readonly folder: string
  readonly against: string | undefined
  readonly language: Language
  readonly json: boolean
}

/**
 * `sluice contract check`.
 * @returns exit code: 0 it can be registered, 1 it cannot or something breaks, 2 wrong use
 */
export async function contractCheck(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    const options = readOptions(args)
    if (options === 'help') {
      io.out(usage)
      return 0
    }
    const { folder, against, json, language } = options
    const older = against === undefined ? undefined : folderAt(against, language)
    const report = await checkContract(folderAt(folder, language), older)
    if (json) io.out(JSON.stringify(asJson(report), undefined, 2))
    else tell(report, language, io)
    return report.findings.some(({ severity }) => severity !== 'warning') ? 1 : 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(error.message)
    return 2
  }
}

/** @throws UsageError */
function folderAt(path: string, language: Language): ContractFolder {
  try {
    return readContractFolder(resolve(path))
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
    throw new UsageError(
      error.problems.map(({ file, text }) => `${path}/${file}: ${text[language]}`).join('\n'),
    )
  }
}

function asJson({ contract, findings, samples }: ContractReport): object {
  return {
    service: contract?.settings.service,
    digest: contract?.digest,
    canBeRegistered: contract !== undefined,
    findings,
    samples: samples.map(({ file, trouble }) => ({ file, isAsExpected: !trouble, trouble })),
  }
}

const words = {
  az: {
    error: 'səhv',
    breaking: 'uyğunsuzluq',
    warning: 'xəbərdarlıq',
    good: 'Müqavilə qeydiyyata alına bilər',
    bad: 'Müqavilə qeydiyyata alına bilməz',
    failing: 'Müqavilə bu şəkildə verilməməlidir',
    samples: (good: number, all: number) => `Nümunələr: ${all}, düzgün nəticə verən: ${good}`,
  },
  en: {
    error: 'error',
    breaking: 'breaking change',
    warning: 'warning',
    good: 'The contract can be registered',
    bad: 'The contract cannot be registered',
    failing: 'The contract should not be handed in like this',
    samples: (good: number, all: number) => `Samples: ${good} of ${all} as they should be`,
  },
} as const

function tell(
  { contract, findings, samples }: ContractReport,
  language: Language,
  io: CommandIo,
): void {
  const word = words[language]
  for (const each of findings) io.out(line(each, language))
  if (samples.length > 0) {
    const good = samples.filter(({ trouble }) => !trouble).length
    io.out(word.samples(good, samples.length))
  }
  if (!contract) {
    io.out(`${word.bad}.`)
    return
  }
  const isGood = findings.every(({ severity }) => severity === 'warning')
  io.out(`${isGood ? word.good : word.failing}: ${contract.settings.service}, ${contract.digest}`)
}

/** `service.wsdl:12: warning R2706: …`. */
function line({ file, line: at, rule, severity, text }: Finding, language: Language): string {
  const place = at > 0 ? `${file}:${at}` : file
  const what = `${words[language][severity]} ${rule}: ${text[language]}`
  return place === '' ? what : `${place}: ${what}`
}

/** @throws UsageError */
function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const [folder, ...others] = positionals
  if (folder === undefined || others.length > 0) {
    throw new UsageError(`Name one FOLDER.\n\n${usage}`)
  }
  const { against, json, lang } = values
  if (lang !== 'az' && lang !== 'en') throw new UsageError('--lang is az or en.')
  return { folder, against, language: lang, json }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        against: { type: 'string' },
        lang: { type: 'string', default: 'en' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`)
  }
}
