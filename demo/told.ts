import type { OpenLog } from '../src/cli/log-show.js'
import type { Look } from './look.js'
import type { ToldNotice } from './notice.js'

/** What is to be told of a message: codes of notices, by the recipient's service. */
export type ExpectedNotices = Readonly<Record<string, readonly string[]>>

/** Whether all of it has been told. */
export function hasAll(expected: ExpectedNotices): (told: readonly ToldNotice[]) => boolean {
  return (told) =>
    Object.entries(expected).every(([service, codes]) =>
      codes.every((code) =>
        told.some(({ recipient, notice }) => recipient === service && notice === code),
      ),
    )
}

/** What a message's sender was told, with its place in the log: an exchange for each recipient. */
export async function lookAtTold(
  title: string,
  told: readonly ToldNotice[],
  expected: ExpectedNotices,
  log: OpenLog,
): Promise<Look> {
  const lines: string[] = []
  let trouble: string | undefined
  for (const exchangeId of new Set(told.map((notice) => notice.exchangeId))) {
    const own = told.filter((notice) => notice.exchangeId === exchangeId)
    const service = own[0]?.recipient ?? ''
    const entries = await log.readEntries({ exchangeId })
    const rows = entries.map(({ rowId }) => rowId).join(', ')
    lines.push(`→ ${service}   log row ${rows || 'MISSING'}`, ...own.flatMap(linesOf))
    // What the recipient says has entries of its own.
    const halves = entries.filter(({ fields }) => fields.kind !== 'notice').length
    trouble ??= troubleIn(own, expected[service] ?? [], halves)
  }
  return { title, lines, trouble }
}

function linesOf({ notice, number, date, text, ground }: ToldNotice): string[] {
  const registered = number === undefined ? '' : `   № ${number}, ${date ?? ''}`
  const words = text ? `   az: ${text.az}   en: ${text.en}` : ''
  const code = ground?.code === undefined ? '' : `   ${ground.code}`
  const line = `  ${notice}${code}${registered}${words}`
  return ground ? [line, `    az: ${ground.az}`, `    en: ${ground.en}`] : [line]
}

function troubleIn(
  told: readonly ToldNotice[],
  expected: readonly string[],
  halves: number,
): string | undefined {
  const other = told.find(({ notice }) => !expected.includes(notice))
  if (other) return `${other.notice} was not expected`
  // What is refused when it is sent has its refusal; what has gone out has its outcome, too.
  const expectedHalves = expected.includes('CATDIRILIB') ? 2 : 1
  if (halves !== expectedHalves) return `${halves} log entries instead of ${expectedHalves}`
  return undefined
}
