import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { until } from '../../test/support/message-log.js'
import { jobsClient, writeAct, writeRows } from '../../test/support/sequencing.js'
import { SequencingField } from '../../test/support/sequencing-field.js'
import { PublishedCheckpoints } from './published-checkpoints.js'
import { Sequencer } from './sequencer.js'
import { SequencingSession, type SessionParts } from './sequencing-session.store.js'

let field: SequencingField

beforeAll(async () => {
  field = await SequencingField.open()
})

beforeEach(() => field.begin())

afterEach(() => field.end())

afterAll(() => field.database.stop())

/** Lets statements of a session through until one is to fail, in this way. */
function failingAt(number: number, fail: (client: pg.Client) => Promise<never>): SessionParts {
  let statement = 0
  return field.own.with({
    connect: () => {
      const client = jobsClient(field.database.jobsUrl)
      const query = client.query.bind(client) as (...args: unknown[]) => unknown
      client.query = ((...args: unknown[]) => {
        statement += 1
        return statement === number ? fail(client) : query(...args)
      }) as typeof client.query
      return client
    },
  })
}

const cut = (client: pg.Client): Promise<never> => {
  const { stream } = (client as unknown as { connection: pg.Connection }).connection
  stream.destroy()
  return Promise.reject(new Error('cut'))
}

/** The statement reaches the server, and its answer nobody. */
const cutAfter = (number: number): SessionParts => {
  let statement = 0
  return field.own.with({
    connect: () => {
      const client = jobsClient(field.database.jobsUrl)
      const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
      client.query = (async (...args: unknown[]) => {
        statement += 1
        const isLast = statement === number
        const answer = await query(...args)
        return isLast ? cut(client) : answer
      }) as typeof client.query
      return client
    },
  })
}

class FullDisk extends PublishedCheckpoints {
  override keep(): Promise<void> {
    return full()
  }
}

const full = (): Promise<never> =>
  Promise.reject(Object.assign(new Error('No space left on device'), { code: '53100' }))

describe('trouble at every statement', () => {
  it.each([
    ['the connection is cut before it', (at: number) => failingAt(at, cut)],
    ['the connection is cut after it', cutAfter],
    ['the disk is full', (at: number) => failingAt(at, full)],
  ])(
    '%s: nothing is lost, nothing has two places',
    async (_, partsFailingAt) => {
      let isThrough = false
      for (let at = 1; !isThrough; at += 1) {
        await writeRows(field.owner, 3, { domain: 'PORTAL' })
        await writeAct(field.owner)
        const session = await SequencingSession.open(partsFailingAt(at)).catch(() => undefined)
        try {
          await session?.elect()
          await session?.load()
          await session?.pass()
          await session?.pass()
          isThrough = session !== undefined
        } catch {
          // As it should be; the next one finds what there is.
        }
        await session?.close()
        const next = await lockFree()
        await next.load()
        await field.passAll(next)
        await next.close()
        const { audit } = await field.judge()
        expect(audit).toBe(at)
      }
    },
    120_000,
  )
})

/** A session elected as soon as the server knows that the one before is gone. */
async function lockFree(): Promise<SequencingSession> {
  const session = await field.session()
  await until(() => session.elect())
  return session
}

describe('several sequencers', () => {
  it('only one is elected; one that believes it is can do no harm', async () => {
    const first = await field.elected()
    await field.passAll(first)
    const second = await field.session()
    expect(await second.elect()).toBe(false)
    await second.load()
    await writeRows(field.owner, 3)
    expect(await field.passAll(first)).toBe(3)
    await writeRows(field.owner, 2)
    await expect(second.pass()).rejects.toMatchObject({ code: '23505' })
    expect(await field.passAll(first)).toBe(2)
    expect(await field.judge()).toEqual({ unassigned: 5 })
  })

  it('another one takes over, and goes on where the first was cut off', async () => {
    const events: string[] = []
    const start = (name: string): Sequencer => {
      const sequencer = Sequencer.start({
        ...field.own.parts,
        everyMs: 20,
        info: (event) => events.push(`${name} ${event}`),
        warn: (event) => events.push(`${name} ${event}`),
      })
      field.ending({ close: () => sequencer.stop() })
      return sequencer
    }
    const first = start('a')
    await until(() => first.state().isElected)
    const second = start('b')
    await writeRows(field.owner, 3)
    await until(() => first.state().placed === 3)
    await first.stop()
    await writeRows(field.owner, 2)
    await until(() => second.state().placed === 2)
    expect(events).toEqual(['a sequencing.elected', 'b sequencing.elected'])
    expect(second.state()).toMatchObject({ isElected: true, trouble: undefined })
    expect(await field.judge()).toEqual({ unassigned: 5 })
  })
})

describe('a sequencer', () => {
  it('says what is wrong while the database is away, and goes on when it is back', async () => {
    const sequencer = Sequencer.start({
      ...field.own.parts,
      everyMs: 20,
      info: () => undefined,
      warn: () => undefined,
    })
    field.ending({ close: () => sequencer.stop() })
    await until(() => sequencer.state().isElected)
    await writeRows(field.owner, 3)
    await until(() => sequencer.state().placed === 3)
    const ended = new Promise((resolve) => field.owner.once('end', resolve))
    await field.database.pause()
    await ended
    await until(() => sequencer.state().trouble !== undefined)
    expect(sequencer.state().isElected).toBe(false)
    await field.database.resume()
    field.owner = await field.connected()
    await writeRows(field.owner, 2)
    // What is written up to here has its place when it has stopped.
    await until(() => sequencer.state().isElected)
    await writeRows(field.owner, 1)
    await sequencer.stop()
    expect(sequencer.state()).toMatchObject({ placed: 6, trouble: undefined })
    expect(await field.judge()).toEqual({ unassigned: 6 })
  })

  it('goes on where the file of a last checkpoint cannot be written, and says so', async () => {
    const published = new FullDisk(field.own.folder)
    const sequencer = Sequencer.start({
      ...field.own.with({ published }),
      everyMs: 20,
      info: () => undefined,
      warn: () => undefined,
    })
    field.ending({ close: () => sequencer.stop() })
    await writeRows(field.owner, 2)
    await until(() => sequencer.state().placed === 2)
    await until(() => sequencer.state().trouble !== undefined)
    expect(sequencer.state().trouble).toBe(
      'the last checkpoint is in no file: No space left on device',
    )
    expect(await field.judge()).toEqual({ unassigned: 2 })
  })
})
