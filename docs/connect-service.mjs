// A ministry's system and its service, from application to connection, by the admin API alone (docs/connection.md):
//   node docs/connect-service.mjs ONE-TIME-PASSWORD [SYSTEM.yaml SERVICE.yaml]     (of the operator `leyla`)
// Everybody is played by one script; in life each has a login of their own. The two applications are those of docs/conformity, or your own;
// the system's certificate request is made here. Leaves key.pem and certificate.pem in var/desk/dasima, or what the system is called.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parse } from 'yaml'

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

async function ask(token, method, path, { json, bytes, type = 'application/json', ifMatch } = {}) {
  const body = bytes ?? (json && JSON.stringify(json))
  const headers = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': type }),
    ...(ifMatch && { 'if-match': ifMatch }),
  }
  const answer = await fetch(api + path, { method, headers, body })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return { tag: answer.headers.get('etag'), json: text === '' ? undefined : JSON.parse(text) }
}

const post = async (token, path, json) => (await ask(token, 'POST', path, { json })).json

/** A step of what is there already, as it is now. */
async function step(token, path, name, json) {
  const { tag } = await ask(token, 'GET', path)
  return (await ask(token, 'POST', `${path}/${name}`, { json, ifMatch: tag })).json
}

/** The first login, which sets a password of one's own. @returns the token of the second */
async function enter(login, once) {
  const { token } = await post(undefined, '/sessions', { login, password: once })
  const password = 'Uzun və yadda qalan parol 2026'
  await post(token, '/me/password', { password: once, newPassword: password })
  return (await post(undefined, '/sessions', { login, password })).token
}

async function person(by, login, role, scope) {
  const made = await post(by, '/administrators', { login, name: login })
  await post(by, '/role-assignments', { administrator: made.administrator.id, role, scope })
  return enter(login, made.oneTimePassword)
}

/** From application to act of connection. */
async function connect({ leyla, vaqif, nigar }, application) {
  const { id } = await post(nigar, '/connection-cases', application)
  const path = `/connection-cases/${id}`
  await step(nigar, path, 'submission')
  await step(leyla, path, 'check')
  let check
  do {
    await pause(200)
    check = (await ask(nigar, 'GET', `${path}/checks`)).json.items.at(-1)
  } while (check.state === 'waiting')
  for (const { code, result, finding } of check.lines)
    console.log(`${code} ${result}: ${finding.az}`)
  for (const { code, result } of check.lines) {
    if (result !== 'open') continue
    await step(leyla, path, 'check-decisions', { code, result: 'pass', reason: 'Baxıldı' })
  }
  // Another officer than who started the check or decided on its lines.
  await step(vaqif, path, 'opinion', {})
  for (const name of ['agreement', 'registration', 'connection']) await step(leyla, path, name)
  console.log(`${application.objectId}: Qoşulub\n`)
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
const agreement = `/agreements/${(await post(leyla, '/agreements', { member, until })).id}`
await step(nigar, agreement, 'acceptance', { side: 'member' })
await step(leyla, agreement, 'acceptance', { side: 'operator' })

// ---- 2. The ministry: its system, with a key that nobody else has ----------------------------------
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
const files = ['-keyout', `${folder}/key.pem`, '-out', `${folder}/request.pem`]
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
await post(leyla, '/access-rights', { consumer: system, service, modes: ['body'], ...ground })
