import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { TestCaller } from '../../../test/support/admin-api.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { ExecutionField, nodes, type Told } from '../../../test/support/executions.js'

const dayMs = 86_400_000
const hourMs = 3_600_000
const { baku, transport, ecology } = nodes
const founder = { role: 'FOUNDER_ADMIN', scope: 'MURACIET' } as const
const otherFounder = { role: 'FOUNDER_ADMIN', scope: 'SENED' } as const
const of = (member: string) => ({ role: 'MEMBER_ADMIN', scope: member }) as const
const [ofBaku, ofTransport, ofEcology] = [of('AZ/GOV/BSIH'), of('AZ/GOV/NN'), of('AZ/GOV/ETSN')]

let database: TestDatabase
let field: ExecutionField

beforeAll(async () => {
  database = await startTestDatabase()
  field = await ExecutionField.open(database)
})

afterAll(async () => {
  await field.close()
  await database.stop()
})

interface Item {
  readonly id: string
  readonly state: string
  readonly isOverdue: boolean
  readonly isDuplicate: boolean
  readonly deadline?: string
}

const list = async (query = '', as: TestCaller = 'OPERATOR'): Promise<Item[]> => {
  const { json } = await field.api.call('GET', `/v1/executions?limit=200${query}`, { as })
  return (json as { items: Item[] }).items
}
const find = async (id: string): Promise<Item | undefined> => {
  const all = [...(await list()), ...(await list('&state=ended'))]
  return all.find((item) => item.id === id)
}
const told = (as: TestCaller, kind: string, id: string): Promise<Told[]> => field.told(as, kind, id)
const card = (caseId: string, icraMuddeti?: string): object => ({ vereqeId: caseId, icraMuddeti })
const event = (caseId: string, hadise: string, more: object = {}): object => ({
  ...{ vereqeId: caseId, hadise },
  ...more,
})
const day = (days: number): string =>
  new Date(field.now().getTime() + days * dayMs).toISOString().slice(0, 10)

describe('control of execution (R-203)', () => {
  it('reminds both sides before the deadline, and tells them and the founder of it when it has passed, once each', async () => {
    const caseId = randomUUID()
    const id = await field.send(baku, transport, card(caseId, day(30)))
    await field.say(id, 'QEBUL_EDILIB')
    expect(await field.turn()).toBe(0)
    expect(await find(id)).toMatchObject({ state: 'accepted', isOverdue: false })

    field.pass(24 * dayMs)
    expect(await field.turn()).toBe(0)
    field.pass(2 * dayMs)
    await Promise.all([field.turn(), field.turn()])
    await field.turn()
    for (const as of [ofBaku, ofTransport]) {
      const notices = await told(as, 'execution.reminder', id)
      expect(notices).toMatchObject([{ data: { sender: baku, caseId } }])
      expect(notices[0]?.text.az).toMatch(/^İcra müddəti \d\d\.\d\d\.\d{4} tarixində bitir: /)
    }
    expect(await told(founder, 'execution.reminder', id)).toEqual([])

    field.pass(5 * dayMs)
    await Promise.all([field.turn(), field.turn()])
    await field.turn()
    for (const as of [ofBaku, ofTransport, founder]) {
      const notices = await told(as, 'execution.overdue', id)
      expect(notices).toHaveLength(1)
      expect(notices[0]?.text.en).toMatch(/^The deadline has passed \(.*\) without an answer: /)
    }
    for (const as of [ofEcology, otherFounder, 'OPERATOR'] as const) {
      expect(await told(as, 'execution.overdue', id)).toEqual([])
    }
    expect(await list('&state=overdue')).toMatchObject([{ id, isOverdue: true }])
  })

  it('says nothing of what was answered, whichever way: by an event, by the answer itself, by a refusal', async () => {
    const answered = randomUUID()
    const refused = await field.send(baku, ecology, card(randomUUID(), day(10)))
    const id = await field.send(baku, transport, card(answered, day(10)))
    const letter = randomUUID()
    const document = { senedId: letter, icraMuddeti: day(10) }
    const documentId = await field.send(baku, transport, document, 'SENED/sened')
    await field.turn()
    await field.say(refused, 'IMTINA')
    await field.tell(transport, baku, event(answered, 'QEYDIYYAT'))
    await field.tell(transport, baku, event(answered, 'CAVABLANDIRILIB'))
    await field.send(transport, baku, { senedId: randomUUID(), cavabdir: letter }, 'SENED/sened')
    field.pass(12 * dayMs)
    await field.turn()
    expect(await find(id)).toMatchObject({ state: 'answered' })
    expect(await find(documentId)).toMatchObject({ state: 'answered' })
    expect(await find(refused)).toMatchObject({ state: 'refused' })
    for (const each of [id, documentId, refused]) {
      expect(await told(ofBaku, 'execution.reminder', each)).toEqual([])
      expect(await told(ofBaku, 'execution.overdue', each)).toEqual([])
    }
  })

  it('goes by a deadline that an event names, and by none that comes from a system that was not asked', async () => {
    const caseId = randomUUID()
    const id = await field.send(baku, transport, card(caseId, day(10)))
    await field.tell(ecology, baku, event(caseId, 'CAVABLANDIRILIB'))
    await field.tell(transport, ecology, event(caseId, 'CAVABLANDIRILIB'))
    const later = day(40)
    await field.tell(transport, baku, event(caseId, 'ICRADA', { icraMuddeti: later }))
    await field.turn()
    expect(await find(id)).toMatchObject({
      ...{ state: 'in-execution', deadline: `${later}T20:00:00.000Z` },
      firstDeadline: `${day(10)}T20:00:00.000Z`,
    })
    field.pass(12 * dayMs)
    await field.turn()
    expect(await told(ofBaku, 'execution.overdue', id)).toEqual([])
    field.pass(30 * dayMs)
    await field.turn()
    expect(await told(ofBaku, 'execution.overdue', id)).toHaveLength(1)
  })

  it('takes another copy to the same recipient for what it is, and a card that was returned for a new one', async () => {
    const caseId = randomUUID()
    const id = await field.send(baku, ecology, card(caseId, day(20)))
    const copy = await field.send(baku, ecology, card(caseId, day(5)))
    await field.turn()
    expect(await find(id)).toMatchObject({ isDuplicate: true, copies: 2 })
    expect(await find(copy)).toBeUndefined()
    await field.say(id, 'IMTINA')
    const again = await field.send(baku, ecology, card(caseId, day(20)))
    const elsewhere = await field.send(baku, transport, card(caseId, day(20)))
    await field.turn()
    for (const each of [again, elsewhere]) {
      expect(await find(each)).toMatchObject({ isDuplicate: false, state: 'received' })
    }
  })

  it('tells the sender of a message that nobody has accepted in its time (SC-07)', async () => {
    const [away, inQueue, taken] = [
      await field.send(baku, transport, card(randomUUID(), day(90))),
      await field.send(baku, transport, card(randomUUID(), day(90))),
      await field.send(baku, transport, card(randomUUID(), day(90))),
    ]
    await field.say(inQueue, 'CATDIRILIB')
    await field.say(taken, 'QEYDIYYATA_ALINIB')
    field.pass(23 * hourMs)
    await field.turn()
    expect(await told(ofBaku, 'execution.no-notice', away)).toEqual([])
    field.pass(2 * hourMs)
    await Promise.all([field.turn(), field.turn()])
    await field.turn()
    const words = async (id: string): Promise<string[]> =>
      (await told(ofBaku, 'execution.no-notice', id)).map(({ text }) => text.az)
    expect(await words(away)).toEqual([expect.stringContaining('25 saat ərzində çatdırılmayıb')])
    expect(await words(inQueue)).toEqual([expect.stringContaining('növbəsinə çatdırılıb')])
    expect(await words(taken)).toEqual([])
    expect(await told(ofTransport, 'execution.no-notice', away)).toEqual([])
  })
})

describe('the report of a domain (R-204)', () => {
  interface Line {
    readonly member: string
    readonly [figure: string]: number | string
  }
  const report = async (as: TestCaller, domain = 'MURACIET') => {
    const until = field.now().toISOString()
    const from = new Date(field.now().getTime() - 300 * dayMs).toISOString()
    const query = `domain=${domain}&from=${from}&until=${until}`
    const { status, json } = await field.api.call('GET', `/v1/execution-reports?${query}`, { as })
    return { status, ...(json as { lines: Line[]; totals: Line }) }
  }

  it('adds up: every figure over the nodes, and what was sent to what was received', async () => {
    const caseId = randomUUID()
    await field.send(baku, ecology, card(caseId, day(10)))
    field.pass(2 * hourMs)
    for (const hadise of ['QEYDIYYAT', 'YONLENDIRILIB']) {
      await field.tell(ecology, baku, event(caseId, hadise))
    }
    await field.turn()
    const { lines, totals } = await report('AGENCY')
    expect(lines.map(({ member }) => member)).toEqual(['AZ/GOV/BSIH', 'AZ/GOV/ETSN', 'AZ/GOV/NN'])
    const sum = (name: string): number =>
      lines.reduce((all, line) => all + Number(line[name] ?? 0), 0)
    for (const [name, total] of Object.entries(totals)) {
      if (name !== 'medianSecondsToRegistration') expect([name, sum(name)]).toEqual([name, total])
    }
    expect(sum('sent')).toBe(sum('received'))
    for (const line of [...lines, totals]) {
      const { open, answered, archived, refused } = line as unknown as Record<string, number>
      expect(line['received']).toBe(open! + answered! + archived! + refused!)
    }
    expect(totals).toMatchObject({ received: 11, answered: 1, refused: 2, forwarded: 1 })
    const ofNode = lines.find(({ member }) => member === 'AZ/GOV/ETSN')
    // Whoever registers two hours after arrival is measured so.
    expect(ofNode).toMatchObject({ forwarded: 1, medianSecondsToRegistration: 7_200 })
  })

  it('is read by who oversees the domain, and by a member as far as it concerns itself', async () => {
    const whole = await report('OPERATOR')
    expect((await report(founder)).lines).toEqual(whole.lines)
    const own = await report(ofTransport)
    expect(own.lines).toEqual(whole.lines.filter(({ member }) => member === 'AZ/GOV/NN'))
    expect(own.totals['received']).toBe(own.lines[0]?.['received'])
    expect((await report(otherFounder)).status).toBe(403)
    expect((await report(otherFounder, 'SENED')).lines).toHaveLength(2)
    expect(await list('', ofEcology)).not.toContainEqual(
      expect.objectContaining({ recipientMember: 'AZ/GOV/NN' }),
    )
    expect(await list('', otherFounder)).not.toContainEqual(
      expect.objectContaining({ domain: 'MURACIET' }),
    )
  })

  it('is a table, too, and has a period that can be counted', async () => {
    const get = (query: string, as: TestCaller = 'AGENCY') =>
      field.api.call('GET', `/v1/execution-reports.csv?domain=MURACIET${query}`, { as })
    const until = encodeURIComponent(field.now().toISOString())
    const lines = (await get(`&until=${until}`)).bytes.toString().trimEnd().split('\r\n')
    expect(lines[0]).toMatch(/^\ufeffQurum,Göndərilib,Daxil olub,Qeydiyyata alınıb,/)
    expect(lines.at(-1)).toMatch(/^Cəmi,\d+,/)
    expect((await get('&from=2020-01-01T00:00:00Z&until=2026-01-01T00:00:00Z')).status).toBe(422)
    expect((await get('&from=2027-01-01T00:00:00Z&until=2026-01-01T00:00:00Z')).status).toBe(422)
  })
})
