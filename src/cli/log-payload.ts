import type { ParseArgsConfig } from 'node:util'
import type { Act } from '../audit-log/act.js'
import type { Half } from '../message-log/entry.js'
import type { OpenedPayload, PayloadPlace } from '../message-log/payload-cipher.js'
import { PayloadTrouble, type ClosedPayload } from '../message-log/payload-reader.store.js'
import { authorOf, type Author } from './author.js'
import type { OctetCommandIo } from './c14n.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'
import { uuidPattern } from './uuid-pattern.js'

/** Stored payloads, within reach of somebody who has their key. */
export interface PayloadVault {
  find(place: PayloadPlace): Promise<ClosedPayload | undefined>
  /** Resolves once the act is durable. */
  record(act: Act): Promise<void>
  /** @throws PayloadTrouble */
  open(closed: ClosedPayload): OpenedPayload
  close(): Promise<void>
}

const usage = `Usage: sluice log payload EXCHANGE_ID --reason TEXT [--half 1|2] [--actor NAME] [--whole]

Opens a stored payload and writes it to standard output, as it came: of the request (--half 1, if nothing
is said) or of its answer (--half 2); with --whole the head of the message before it.

For security officers. It needs the payload key and a login that may add to the audit log. That the
payload is opened, by whom and why, is an entry of the audit log before it is opened. A reason names a
case or an order, and no person.

Exit code: 0 written, 1 refused, not there or changed, 2 wrong use.`

const role = 'security officer'

const options = {
  allowPositionals: true,
  options: {
    half: { type: 'string', default: '1' },
    reason: { type: 'string' },
    actor: { type: 'string' },
    whole: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
} as const satisfies ParseArgsConfig

interface Request {
  readonly place: PayloadPlace
  readonly whole: boolean
  readonly author: Author
}

/**
 * `sluice log payload …`.
 * @param args - what follows `log payload`
 * @returns exit code: 0 written, 1 refused, not there or changed, 2 wrong use
 */
export function logPayload(
  args: readonly string[],
  io: OctetCommandIo,
  openVault: () => Promise<PayloadVault>,
): Promise<number> {
  return withUsage(io, usage, async () => {
    const request = parse(args)
    return request === 'help' ? 'help' : carryOut(request, io, openVault)
  })
}

async function carryOut(
  request: Request,
  io: OctetCommandIo,
  openVault: () => Promise<PayloadVault>,
): Promise<number> {
  let vault: PayloadVault | undefined
  try {
    vault = await openVault()
    return await show(request, io, vault)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const what = error instanceof PayloadTrouble ? 'payload was not opened' : 'log was not opened'
    io.err(`The ${what}: ${reason}`)
    return 1
  } finally {
    await vault?.close()
  }
}

async function show(
  { place, whole, author }: Request,
  io: OctetCommandIo,
  vault: PayloadVault,
): Promise<number> {
  const closed = await vault.find(place)
  if (!closed) {
    io.err('There is no such payload: none was kept, or it was erased.')
    return 1
  }
  const subject = `payload ${place.exchangeId}/${place.half}`
  await vault.record({ ...author, kind: 'payload.open', subject })
  const { head, payload } = vault.open(closed)
  if (whole) io.write(head)
  io.write(payload)
  return 0
}

/** @throws UsageError */
function parse(args: readonly string[]): Request | 'help' {
  const { values, positionals } = parsedOptions(args, options, usage)
  if (values.help) return 'help'
  const [exchangeId, ...others] = positionals
  if (exchangeId === undefined || others.length > 0 || !uuidPattern.test(exchangeId)) {
    throw wrongUse('Give one exchange id.', usage)
  }
  if ((values.reason ?? '').trim() === '') throw wrongUse('Give a --reason: it is recorded.', usage)
  const place = { exchangeId: exchangeId.toLowerCase(), half: halfOf(values.half) }
  return { place, whole: values.whole, author: { ...authorOf(values), role } }
}

function halfOf(text: string): Half {
  if (text === '1') return 1
  if (text === '2') return 2
  throw wrongUse('--half is 1, the request, or 2, its answer.', usage)
}
