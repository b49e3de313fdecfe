// A ministry's system and its service, from application to connection, by the admin API alone (docs/connection.md):
//   node docs/connect-service.mjs ONE-TIME-PASSWORD [SYSTEM.yaml SERVICE.yaml]     (of the operator `leyla`)
// Everybody is played by one script; in life each has a login of their own. The two applications are those of docs/conformity, or your own;
// the system's certificate request is made here. Leaves key.pem and certificate.pem in var/desk/dasima, or what the system is called.
// Started again, with any word in place of the password, it goes on from what the bus has: after a refusal that was mended, or with other applications.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parse } from 'yaml'

process.on('uncaughtException', ({ message }) => {
  console.error(message)
  process.exit(1)
})
const api = `${process.env.API ?? 'http://127.0.0.1:8084'}/v1`
const examples = ['system', 'soap'].map((name) => `docs/conformity/${name}/application.yaml`)
const [, , leylaOnce, systemFile = examples[0], serviceFile = examples[1]] = process.argv
const [ofSystem, ofService] = [systemFile, serviceFile].map((file) =>
  parse(readFileSync(file, 'utf8')),
)
const { member, objectId: system, domain } = ofSystem
const [instance, memberClass, memberCode, systemCode] = system.split('/')
const service = ofService.objectId.split('/').slice(0, -1).join('/')
const folder = `var/desk/${systemCode.toLowerCase()}`
const password = 'Uzun və yadda qalan parol 2026'
const patience = Date.now() + 60_000

async function ask(token, method, path, { json, bytes, type = 'application/json', ifMatch } = {}) {
  const body = bytes ?? (json && JSON.stringify(json))
  const headers = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': type }),
    ...(ifMatch && { 'if-match': ifMatch }),
  }
  const answer = await fetch(api + path, { method, headers, body })
  const text = await answer.text()
  // Not possible just now: a new bus's CA has its certificate some seconds after the registry has an instance.
  if (answer.status === 503 && Date.now() < patience) {
    await pause(1000)
    return ask(token, method, path, { json, bytes, type, ifMatch })
  }
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return { tag: answer.headers.get('etag'), json: text === '' ? undefined : JSON.parse(text) }
}

const post = async (token, path, json) => (await ask(token, 'POST', path, { json })).json

/** A step of what is there already, as it is now. */
async function step(token, path, name, json) {
  const { tag } = await ask(token, 'GET', path)
  return (await ask(token, 'POST', `${path}/${name}`, { json, ifMatch: tag })).json
}

const list = async (token, path, query) =>
  (await ask(token, 'GET', `${path}?${new URLSearchParams(query)}`)).json.items

/** The first login sets a password of one's own. @returns the token of the second; undefined where there is no such login */
async function enter(login, once) {
  const first =
    once && (await post(undefined, '/sessions', { login, password: once }).catch(() => undefined))
  if (first) await post(first.token, '/me/password', { password: once, newPassword: password })
  const session = post(undefined, '/sessions', { login, password })
  return (await (once ? session : session.catch(() => undefined)))?.token
}

async function person(by, login, role, scope) {
  const token = await enter(login)
  if (token) return token
  const made = await post(by, '/administrators', { login, name: login })
  await post(by, '/role-assignments', { administrator: made.administrator.id, role, scope })
  return enter(login, made.oneTimePassword)
}

/**
 * What is found is shown, and an officer decides on what is open. Opinion and demand are another officer's than who started the check or
 * decided on its lines.
 */
async function judge({ leyla, vaqif, nigar }, path) {
  let check
  do {
    await pause(200)
    check = (await ask(nigar, 'GET', `${path}/checks`)).json.items.at(-1)
  } while (check.state === 'waiting')
  for (const { code, result, finding, remedy } of check.lines)
    console.log(
      `${code} ${result}: ${finding.az}${result === 'fail' ? `\n      Nə etməli: ${remedy.az}` : ''}`,
    )
  for (const { code, result } of check.lines) {
    if (result !== 'open') continue
    await step(leyla, path, 'check-decisions', { code, result: 'pass', reason: 'Baxıldı' })
  }
  if (check.lines.some(({ result }) => result === 'fail')) {
    await step(vaqif, path, 'demand', { justification: 'Protokolda göstərilib' })
    throw new Error(
      'Uyğunsuzluqları aradan qaldırıb skripti yenidən işə salın / Mend what fails, and start again',
    )
  }
  await step(vaqif, path, 'opinion', {})
}

/** From application to act of connection, from wherever its case is. */
async function connect(people, application) {
  const { leyla, nigar } = people
  const { objectId } = application
  const cases = await list(nigar, '/connection-cases', { objectId })
  const found = cases.find(({ state }) => !['WITHDRAWN', 'REFUSED'].includes(state))
  const { id } = found ?? (await post(nigar, '/connection-cases', application))
  const path = `/connection-cases/${id}`
  const change = async () => {
    const { tag } = await ask(nigar, 'GET', path)
    await ask(nigar, 'PATCH', path, { json: application, ifMatch: tag })
  }
  const next = {
    DRAFT: async () => (found && (await change()), step(nigar, path, 'submission')),
    RETURNED_INCOMPLETE: async () => (await change(), step(nigar, path, 'submission')),
    SUBMITTED: () => step(leyla, path, 'check'),
    CHECKING: () => judge(people, path),
    CHANGES_REQUIRED: async () => (
      await change(),
      step(nigar, path, 'improvement', { text: 'Aradan qaldırıldı' })
    ),
    IMPROVING: () => step(leyla, path, 'check'),
    OPINION_POSITIVE: () => step(leyla, path, 'agreement'),
    CONTRACTED: () => step(leyla, path, 'registration'),
    REGISTERED: () => step(leyla, path, 'connection'),
  }
  for (let before; ;) {
    const { state, steps } = (await ask(nigar, 'GET', path)).json
    if (state === 'CONNECTED') break
    if (state === before || (before && state === 'RETURNED_INCOMPLETE')) {
      const [{ id: list }] = steps.at(-1).documents
      const { content } = (await ask(nigar, 'GET', `/documents/${list}/data`)).json
      throw new Error(`${objectId}: ${JSON.stringify(content)}`)
    }
    await next[state]()
    before = state
  }
  console.log(`${objectId}: Qoşulub\n`)
}

// ---- 1. The operator: who is there, and the frame agreement ----------------------------------------
const leyla = await enter('leyla', leylaOnce)
const registry = {
  instance,
  domains: [{ code: domain, name: { az: domain, en: domain }, status: 'active' }],
  members: [{ class: memberClass, code: memberCode, name: { az: memberCode, en: memberCode } }],
}
const yaml = { bytes: JSON.stringify(registry), type: 'application/yaml' }
await ask(leyla, 'POST', '/registry/declarations', yaml)
const vaqif = await person(leyla, 'vaqif', 'OPERATOR')
const nigar = await person(leyla, 'nigar', 'MEMBER_ADMIN', member)
const people = { leyla, vaqif, nigar }
const until = `${new Date().getUTCFullYear() + 1}-01-31T00:00:00Z`
if ((await list(leyla, '/agreements', { member, state: 'concluded' })).length === 0) {
  const agreement = `/agreements/${(await post(leyla, '/agreements', { member, until })).id}`
  await step(nigar, agreement, 'acceptance', { side: 'member' })
  await step(leyla, agreement, 'acceptance', { side: 'operator' })
}

// ---- 2. The ministry: its system, with a key that nobody else has ----------------------------------
mkdirSync(folder, { recursive: true })
const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
const files = ['-keyout', `${folder}/key.pem`, '-out', `${folder}/request.pem`]
if (!existsSync(`${folder}/request.pem`))
  execFileSync('openssl', ['req', '-new', ...curve, '-subj', `/CN=${systemCode}`, ...files])
const certificateRequest = readFileSync(`${folder}/request.pem`, 'utf8')
await connect(people, { ...ofSystem, certificateRequest })
const certificates = `/subsystems/${encodeURIComponent(system)}/certificates`
const { items } = (await ask(nigar, 'GET', certificates)).json
writeFileSync(`${folder}/certificate.pem`, items[0].pem)

// ---- 3. Its service, with the contract as a zip, and the right to call it --------------------------
const zip = execFileSync('zip', ['-qr', '-', '.'], {
  cwd: resolve(dirname(serviceFile), ofService.contract),
})
const uploaded = await ask(nigar, 'POST', '/contracts', { bytes: zip, type: 'application/zip' })
await connect(people, { ...ofService, contract: uploaded.json.digest })
const ground = { legalBasis: 'Qanun, 7', purpose: 'Sınaq', from: '2026-01-01' }
if ((await list(leyla, '/access-rights', { consumer: system, service })).length === 0)
  await post(leyla, '/access-rights', { consumer: system, service, modes: ['body'], ...ground })
