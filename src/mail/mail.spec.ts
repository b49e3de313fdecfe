import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { readFileSync } from 'node:fs'
import { openTestAdminApi, type TestAdminApi } from '../../test/support/admin-api.js'
import { fillAdminRegistry, known } from '../../test/support/admin-registry.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { mailLogin, startMailServer, type TestMailServer } from '../../test/support/mail-server.js'
import { makeTlsFiles, type TlsFiles } from '../../test/support/tls-lane.js'
import { ownerGranter } from '../admin/administrators/granting.js'
import type { Role } from '../admin/permission.js'
import { Secret } from '../config/secrets.js'
import type { MemberId } from '../exchange/identifier.js'
import { writeNotices } from '../notice/notice.store.js'
import { isMailAddress } from './mail-address.js'
import { MailDelivery } from './mail-delivery.js'
import { MailOutbox } from './mail-outbox.store.js'
import { bodyOf, subjectOf } from './mail-text.js'
import type { MailQueue } from './mail.js'
import { MemoryMails } from './memory-mails.js'
import { openSmtpSender, type SmtpSender } from './smtp-sender.js'

let database: TestDatabase
let api: TestAdminApi
let tls: TlsFiles
let server: TestMailServer
let outbox: MailOutbox
let atMs: number
const senders: SmtpSender[] = []
const warned: unknown[] = []
const now = (): Date => new Date(atMs)
const doer = { granter: ownerGranter, author: { actor: 'Test' } }
const inbox = 'https://admin.example.az'

async function person(
  login: string,
  email: string | undefined,
  role: Role,
  scope?: string,
): Promise<string> {
  const member = role === 'MEMBER_ADMIN' ? (scope as MemberId) : undefined
  const wanted = { login, name: login, email, member }
  const { administrator } = await api.access.changes.add(doer, wanted)
  const granted = { administrator: administrator.id, role, scope, from: undefined }
  await api.access.roles.grant(doer, { ...granted, until: undefined })
  return administrator.id
}

beforeAll(async () => {
  tls = await makeTlsFiles()
  database = await startTestDatabase()
  await fillAdminRegistry(database)
  api = await openTestAdminApi(database)
  outbox = new MailOutbox(api.database)
  await person('elvin', 'elvin@din.example.az', 'MEMBER_ADMIN', known.member)
  await person('leyla', 'leyla@vn.example.az', 'MEMBER_ADMIN', known.otherMember)
  await person('orxan', 'orxan@sluice.example.az', 'OPERATOR')
  await person('sevda', undefined, 'OPERATOR')
  await person('nigar', 'nigar@portal.example.az', 'FOUNDER_ADMIN', known.domain)
  const body = {
    ...{ kind: 'technical', name: 'Elvin', post: 'mühəndis', phone: '+994000000000' },
    email: 'Elvin@din.example.az',
  }
  const at = `/v1/members/${encodeURIComponent(known.member)}/responsible-persons`
  const as = { role: 'MEMBER_ADMIN', scope: known.member } as const
  for (const email of [body.email, 'texniki@din.example.az']) {
    const answer = await api.call('POST', at, { as, body: { ...body, email } })
    if (answer.status !== 201) throw new Error(answer.bytes.toString())
  }
})

afterAll(async () => {
  await api.close()
  await database.stop()
  tls.remove()
})

beforeEach(async () => {
  atMs = Date.now()
  warned.length = 0
  server = await startMailServer(tls)
})

afterEach(async () => {
  for (const sender of senders.splice(0)) sender.close()
  await server.close()
})

function deliveryOf(queue: MailQueue, changed: object = {}): MailDelivery {
  const sender = openSmtpSender(
    {
      ...{ host: 'localhost', port: server.port, tls: 'starttls', from: 'bus@sluice.example.az' },
      authorities: readFileSync(tls.caFile, 'utf8'),
      login: { user: mailLogin.user, password: new Secret(mailLogin.password) },
      ...changed,
    },
    inbox,
  )
  senders.push(sender)
  const warn = (event: string, details: object): unknown => warned.push([event, details])
  return new MailDelivery({ queue, send: sender.send, warn })
}

const turn = (delivery: MailDelivery): Promise<number> =>
  delivery.turn(now, new AbortController().signal)

const notify = (
  to: { member?: string; role?: string; domain?: string },
  number: string,
): Promise<number> =>
  writeNotices(api.database.pool, [
    {
      ...{ ...to, kind: 'filing.answered', subject: number },
      data: { filing: 'proposal', number, member: 'AZ/GOV/DIN', title: 'Növbə' },
    },
  ])

const states = async (): Promise<object[]> => {
  const { rows } = await api.database.pool.query<object>(
    `SELECT recipient, state, attempts, trouble FROM sluice.mail ORDER BY id DESC LIMIT 1`,
  )
  return rows
}

describe('mails of notices', () => {
  it('go to a member’s administrators and to whom it names, once to each; a role’s or a domain’s to who has it', async () => {
    const delivery = deliveryOf(outbox)
    await notify({ member: known.member }, 'TK-2026/0001')
    expect(await outbox.expand(now())).toBe(1)
    expect(await outbox.expand(now())).toBe(0)
    expect(await turn(delivery)).toBe(2)
    const to = server.mails.flatMap(({ recipients }) =>
      recipients.map((each) => each.toLowerCase()),
    )
    expect(to.sort()).toEqual(['elvin@din.example.az', 'texniki@din.example.az'])
    const [mail] = server.mails
    expect(mail).toMatchObject({ isTls: true, user: mailLogin.user })
    expect(Object.fromEntries(mail!.headers)).toMatchObject({
      'Auto-Submitted': 'auto-generated',
      'Message-ID': expect.stringMatching(/^<[0-9a-f-]{36}@sluice\.example\.az>$/),
    })
    const text = Buffer.from(mail!.raw.split('\r\n\r\n')[1] ?? '', 'base64').toString()
    const decoded = mail!.raw.includes('base64') ? text : decodeQuoted(mail!.raw)
    expect(decoded).toContain('Təklif cavablandırılıb: TK-2026/0001 (AZ/GOV/DIN): Növbə')
    expect(decoded).toContain('Proposal was answered: TK-2026/0001')
    expect(decoded).toContain(inbox)

    server.mails.length = 0
    await notify({ role: 'OPERATOR' }, 'TK-2026/0002')
    await outbox.expand(now())
    expect(await turn(delivery)).toBe(1)
    expect(server.mails[0]?.recipients).toEqual(['orxan@sluice.example.az'])
    expect(await turn(delivery)).toBe(0)

    server.mails.length = 0
    await notify({ domain: known.otherDomain }, 'TK-2026/0099')
    await notify({ domain: known.domain }, 'TK-2026/0100')
    await outbox.expand(now())
    expect(await turn(delivery)).toBe(1)
    expect(server.mails[0]?.recipients).toEqual(['nigar@portal.example.az'])
  })

  it('that a server does not take now are tried again; two nodes never have one at a time', async () => {
    const [one, other] = [deliveryOf(outbox), deliveryOf(outbox)]
    await notify({ role: 'OPERATOR' }, 'TK-2026/0003')
    await outbox.expand(now())
    server.refusals.push(451)
    expect((await Promise.all([turn(one), turn(other)])).sort()).toEqual([0, 0])
    expect(await states()).toMatchObject([
      { state: 'waiting', attempts: 1, trouble: 'EENVELOPE 451 RCPT' },
    ])
    expect(await turn(one)).toBe(0)
    atMs += 15_000
    expect((await Promise.all([turn(one), turn(other)])).sort()).toEqual([0, 1])
    expect(server.mails).toHaveLength(1)
    expect(await states()).toMatchObject([{ state: 'sent' }])
  })

  it('to somebody whom the server does not know are given up, and the others after a bound', async () => {
    const delivery = deliveryOf(outbox)
    await notify({ role: 'OPERATOR' }, 'TK-2026/0004')
    await outbox.expand(now())
    server.refusals.push(550)
    await turn(delivery)
    expect(await states()).toMatchObject([{ state: 'given-up', trouble: 'EENVELOPE 550 RCPT' }])

    await notify({ role: 'OPERATOR' }, 'TK-2026/0005')
    await outbox.expand(now())
    await server.close()
    for (let turns = 0; turns < 13; turns += 1) {
      await turn(delivery)
      atMs += 3_600_000
    }
    expect(await states()).toMatchObject([{ state: 'given-up', attempts: 12 }])
    expect(warned).toHaveLength(13)
    expect(JSON.stringify(warned)).not.toMatch(/orxan|sirri/)
    // What became of mails is known for a month.
    expect(await outbox.forget(now())).toBe(0)
    atMs += 32 * 86_400_000
    expect(await outbox.forget(now())).toBeGreaterThan(1)
  })

  it('are not told in the clear, nor to a server that is another one', async () => {
    const mails = new MemoryMails()
    const text = { az: 'a', en: 'b' }
    await server.close()
    server = await startMailServer(tls, { disabledCommands: ['STARTTLS'] })
    for (const changed of [{}, { authorities: undefined }, { tls: 'implicit' }]) {
      mails.add(['orxan@sluice.example.az'], text, now())
      expect(await turn(deliveryOf(mails, changed))).toBe(0)
    }
    expect(server.mails).toEqual([])
    expect(warned).toHaveLength(3)
  })

  it('of one node wait in memory while the database is away, and there is an end of them', async () => {
    const mails = new MemoryMails()
    expect(await outbox.urgentAddresses(now(), 10)).toEqual([
      ...['nigar@portal.example.az', 'orxan@sluice.example.az', 'Elvin@din.example.az'],
      ...['leyla@vn.example.az', 'texniki@din.example.az'],
    ])
    const many = Array.from({ length: 3_000 }, (_, each) => `a${each}@example.az`)
    mails.add(many, { az: 'Qəza', en: 'Failure' }, now())
    server.refusals.push(451)
    const delivery = deliveryOf(mails)
    expect(await turn(delivery)).toBe(49)
    expect(await turn(delivery)).toBe(50)
    atMs += 20_000
    for (let turns = 0; turns < 5; turns += 1) await mails.take(now(), 500)
    expect(await mails.take(now(), 500)).toEqual([])
  })
})

describe('whatever a notice says, and whatever an address is', () => {
  it('is one header line each, and adds none', async () => {
    const mails = new MemoryMails()
    const delivery = deliveryOf(mails)
    const hostile = fc.oneof(
      fc.constantFrom(
        '\r\nBcc: x@example.az',
        '\nX: y',
        '\u0085X: y',
        '\u2028X',
        '.\r\n',
        '=?utf-8?Q?=0D=0A?=',
      ),
      fc.string({ unit: anyCharacter, maxLength: 200 }),
    )
    const said = fc.record({ az: hostile, en: hostile })
    const texts = fc.sample(said, 20)
    for (const text of texts) mails.add(['orxan@sluice.example.az'], text, now())
    expect(await turn(delivery)).toBe(20)
    const names = ['From', 'To', 'Subject', 'Message-ID', 'Date', 'MIME-Version', 'Auto-Submitted']
    for (const { headers, recipients } of server.mails) {
      expect(recipients).toEqual(['orxan@sluice.example.az'])
      const others = headers.map(([name]) => name).filter((name) => !name.startsWith('Content-'))
      expect(others.sort()).toEqual([...names].sort())
    }
    for (const text of texts) {
      expect(subjectOf(text)).not.toMatch(/[\r\n\u0000\u0085\u2028]/)
      expect(bodyOf(text, inbox)).toContain(inbox)
    }
  })

  it('an address is one that no server reads as two, or as a command', () => {
    for (const good of ['a@b.az', "o'neil+x@sub.example.az", `${'a'.repeat(64)}@example.az`]) {
      expect([good, isMailAddress(good)]).toEqual([good, true])
    }
    const bad = [
      'a@b',
      '"a b"@c.az',
      'a@c.az,b@c.az',
      'a@c.az\r\nRCPT TO:<b@c.az>',
      'a@[127.0.0.1]',
    ]
    bad.push(
      '<a@c.az>',
      'a b@c.az',
      'a@-c.az',
      'a..b@c.az',
      `${'a'.repeat(65)}@example.az`,
      'ə@c.az',
    )
    for (const text of bad) expect([text, isMailAddress(text)]).toEqual([text, false])
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 80 }), (text) => {
        if (isMailAddress(text)) expect(text).toMatch(/^[!-~]+@[A-Za-z0-9.-]+$/)
      }),
    )
  })
})

function decodeQuoted(raw: string): string {
  const bytes = raw
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
