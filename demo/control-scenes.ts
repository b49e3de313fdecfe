import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { request } from 'undici'
import type { CallOutcome } from './consumer.js'
import { sayLooks, type Look } from './look.js'
import type { SluiceCommand } from './sluice-command.js'

/** What the control plane is shown with. */
export interface ControlStage {
  /** Has one exchange carried, by the bus's next worker. */
  readonly call: () => Promise<CallOutcome>
  readonly workers: number
  readonly sluice: SluiceCommand
  /** Of the admin API. */
  readonly admin: string
  /** Of the demo. */
  readonly folder: string
  /** Whether appeals were forwarded before. */
  readonly hasAppeals?: boolean
}

/** Where the login of the demo's administrator lies. */
export const administratorFile = 'administrator.txt'

const login = 'demo-operator'
const reason = 'npm run demo'
const domain = '/v1/domains/PORTAL'
const followMsMax = 20_000
const pauseMs = 100

/**
 * An operator stops an exchange domain by API and lets it go on: what all workers do, and what is left of it.
 * @returns how many looks did not show what they should
 */
export async function playControl(
  stage: ControlStage,
  say: (text: string) => void,
): Promise<number> {
  let token = ''
  const looks = [
    async () => {
      token = await tokenOf(stage)
      const way = `POST ${stage.admin}/v1/sessions`
      return { title: 'an operator logs in to the admin API', lines: [`${way}   as ${login}`] }
    },
    () => lookAtStop(stage, token),
    () => lookAtActs(stage),
    ...(stage.hasAppeals === true ? [() => lookAtExecution(stage, token)] : []),
  ]
  return sayLooks(looks, say, 'the control plane cannot be shown')
}

/** The one-time password of the command line is changed at once; the next demo sets another. */
async function tokenOf({ sluice, admin, folder }: ControlStage): Promise<string> {
  const name = ['--name', 'Nümunə Operatoru', '--role', 'OPERATOR']
  const added = await sluice('admin', 'add', login, ...name, '--reason', reason)
  const { exitCode, out, err } =
    added.exitCode === 0 ? added : await sluice('admin', 'reset', login, '--reason', reason)
  if (exitCode !== 0) throw new Error(err.join('\n'))
  const first = out[0] ?? ''
  const newPassword = randomBytes(18).toString('base64url')
  const once = await sessionOf(admin, first)
  const body = { password: first, newPassword }
  await ask(admin, ['POST', '/v1/me/password'], { token: once, body })
  await writeFile(join(folder, administratorFile), `${login}\n${newPassword}\n`, { mode: 0o600 })
  return sessionOf(admin, newPassword)
}

async function sessionOf(admin: string, password: string): Promise<string> {
  const { json } = await ask(admin, ['POST', '/v1/sessions'], { body: { login, password } })
  return (json as { token: string }).token
}

async function lookAtStop(stage: ControlStage, token: string): Promise<Look> {
  const lines: string[] = []
  const step = async (
    status: 'suspended' | 'active',
    isSo: (outcome: CallOutcome) => boolean,
  ): Promise<void> => {
    await setStatus(stage, token, status)
    const { outcome, ms } = await untilAll(stage, isSo)
    const told = outcome.fault ?? String(outcome.status)
    lines.push(
      `PUT ${domain}/status ${status}   the next request: ${told}, by all workers in ${ms} ms`,
    )
  }
  try {
    await step('suspended', ({ fault }) => fault === 'DOMAIN_SUSPENDED')
  } finally {
    // Whatever it showed, whoever comes next finds the domain as it was.
    await step('active', ({ status }) => status === 200)
  }
  return { title: 'a domain is stopped by API, and goes on', lines }
}

async function setStatus(
  { admin }: ControlStage,
  token: string,
  status: 'suspended' | 'active',
): Promise<void> {
  const { etag } = await ask(admin, ['GET', domain], { token })
  const body = { status, reason }
  await ask(admin, ['PUT', `${domain}/status`], { token, body, ifMatch: etag })
}

/** Asks until each worker has answered so, one after the other. */
async function untilAll(
  { call, workers }: ControlStage,
  isSo: (outcome: CallOutcome) => boolean,
): Promise<{ readonly outcome: CallOutcome; readonly ms: number }> {
  const startMs = performance.now()
  for (let answered = 0; ;) {
    const outcome = await call()
    answered = isSo(outcome) ? answered + 1 : 0
    const ms = Math.round(performance.now() - startMs)
    if (answered === workers) return { outcome, ms }
    if (ms > followMsMax) throw new Error(`still ${outcome.fault ?? outcome.status}`)
  }
}

async function lookAtActs({ sluice }: ControlStage): Promise<Look> {
  const { exitCode, out, err } = await sluice('log', 'acts', '--last', '2')
  const trouble = exitCode === 0 ? undefined : [...out, ...err].join('\n')
  return { title: 'both acts, in the audit log', lines: out, trouble }
}

interface ExecutionItem {
  readonly sender: string
  readonly recipient: string
  readonly deadline: string
}

/** The appeal that nobody answered is late by the calendar, and the report of its domain has it (R-203, R-204). */
async function lookAtExecution({ admin }: ControlStage, token: string): Promise<Look> {
  const title = 'SC-08: what is late in MURACIET, and the report by authority'
  const path = '/v1/executions?domain=MURACIET&state=overdue&limit=1'
  const untilMs = performance.now() + followMsMax
  for (;;) {
    const { json } = await ask(admin, ['GET', path], { token })
    const [late] = (json as { readonly items: readonly ExecutionItem[] }).items
    if (late) {
      const { sender, recipient, deadline } = late
      const said = `GET ${path}   ${sender} → ${recipient}   its time was over ${deadline}`
      return { title, lines: [said, ...(await reportLines(admin, token))] }
    }
    if (performance.now() > untilMs) throw new Error('nothing is late')
    await pause(pauseMs)
  }
}

async function reportLines(admin: string, token: string): Promise<string[]> {
  const path = '/v1/execution-reports?domain=MURACIET'
  const { json } = await ask(admin, ['GET', path], { token })
  const { totals } = json as { readonly totals: Readonly<Record<string, number>> }
  const figures = ['received', 'registered', 'answered', 'refused', 'overdue'] as const
  return [`GET ${path}   ${figures.map((name) => `${name} ${totals[name] ?? '?'}`).join(', ')}`]
}

interface Asked {
  readonly token?: string
  readonly body?: object
  readonly ifMatch?: string | undefined
}

/** @throws Error for any answer but a good one */
async function ask(
  admin: string,
  [method, path]: readonly ['GET' | 'POST' | 'PUT', string],
  { token, body, ifMatch }: Asked,
): Promise<{ readonly json: unknown; readonly etag: string | undefined }> {
  const answer = await request(`${admin}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      ...(body && { 'content-type': 'application/json' }),
    },
    body: body ? JSON.stringify(body) : null,
  })
  const text = await answer.body.text()
  const { statusCode } = answer
  if (statusCode >= 300) throw new Error(`${method} ${path}: ${statusCode} ${text}`)
  const { etag } = answer.headers
  return { json: text === '' ? undefined : JSON.parse(text), etag: etag?.toString() }
}
