import { generateKeyPairSync } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { testOrigin, testSequencing, writeRows } from '../../test/support/sequencing.js'
import { SequencingField } from '../../test/support/sequencing-field.js'
import { parseVerifierKey, verifierKeyText } from '../tlog/note-keys.js'
import { LogSigners } from './log-signers.js'

let field: SequencingField

beforeAll(async () => {
  field = await SequencingField.open()
})

beforeEach(() => field.begin())

afterEach(() => field.end())

afterAll(() => field.database.stop())

describe('a database that is not what was published', () => {
  async function published(): Promise<void> {
    const session = await field.elected()
    await writeRows(field.owner, 300, { domain: 'PORTAL' })
    await field.passAll(session)
    await session.close()
  }

  const loading = async (parts = field.own.parts): Promise<unknown> => {
    const session = await field.session(parts)
    await session.elect()
    return session.load()
  }

  it('an old backup, which has less: it is not sequenced further', async () => {
    await published()
    await field.owner.query(
      'TRUNCATE sluice.log_sequence, sluice.log_tile, sluice.log_checkpoint CASCADE',
    )
    await expect(loading()).rejects.toThrow(/published up to size 300 .*up to 0 only/)
  })

  it('one whose beginning is another', async () => {
    await published()
    const note = field.own.signers.note('domain/PORTAL', 200, Buffer.alloc(32, 1), new Date())
    await field.own.parts.published.keep('domain/PORTAL', note)
    await expect(loading()).rejects.toThrow(/published at size 200 .* is not the one/)
  })

  it.each([
    ['UPDATE sluice.log_checkpoint SET size = 301', 'was changed'],
    [
      'UPDATE sluice.log_tile SET hashes = set_byte(hashes, 77, 1 # get_byte(hashes, 77))',
      'not the one',
    ],
    ["UPDATE sluice.message_log_entry SET leaf_hash = sha256('x')", 'not the one'],
    ['DELETE FROM sluice.log_tile', 'are missing'],
    ['DELETE FROM sluice.log_sequence WHERE index = 299', 'are missing'],
  ])('one in which somebody changed the edge: %s', async (statement, why) => {
    await published()
    await field.owner.query(statement)
    await expect(loading()).rejects.toThrow(why)
  })

  it('one that was signed with another key, or is named otherwise now', async () => {
    await published()
    const { signers } = testSequencing(field.database)
    await expect(loading(field.own.with({ signers }))).rejects.toThrow('is not by this node')
  })

  it('a new key goes on with the logs of a former one that is named', async () => {
    await published()
    const { privateKey } = generateKeyPairSync('ed25519')
    const former = parseVerifierKey(verifierKeyText(field.own.signers.of('audit').key)).publicKey
    const signers = new LogSigners(privateKey, testOrigin, [former])
    const session = await field.elected(field.own.with({ signers }))
    await writeRows(field.owner, 1, { domain: 'PORTAL' })
    await field.passAll(session)
    await session.close()
    await expect(loading()).rejects.toThrow('is not by this node')
    await (await field.session(field.own.with({ signers }))).load()
  })

  it('a log that was published under another origin', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    field.own = testSequencing(field.database, privateKey)
    await published()
    const signers = new LogSigners(privateKey, 'elsewhere.example')
    await expect(loading(field.own.with({ signers }))).rejects.toThrow(
      'its origin is test.example/log/domain/PORTAL',
    )
  })
})
