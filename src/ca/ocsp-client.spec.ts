import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import {
  openTestCa,
  operator,
  portalId,
  registerParties,
  type TestCa,
} from '../../test/support/issuing-ca.js'
import { ocspSubjectOf } from '../trust/ocsp/ocsp-subject.js'
import { readCertificationRequest } from './certification-request.js'
import { OcspResponder } from './ocsp-responder.store.js'

let database: TestDatabase
let test: TestCa
let responder: OcspResponder
beforeAll(async () => {
  database = await startTestDatabase()
  test = await openTestCa(database)
  await registerParties(test.pool)
  await test.ca.init(operator)
  const { ca, pool } = test
  responder = new OcspResponder({
    pool,
    key: ca.key,
    authority: () => ca.authority(),
    warn: (e, d) => {
      throw new Error(`${e} ${JSON.stringify(d)}`)
    },
  })
})
afterAll(async () => {
  await test.close()
  await database.stop()
})
it.each(['sha256', 'sha1'] as const)(
  'the client reads the answers of the CA: %s',
  async (digest) => {
    const request = readCertificationRequest(await test.request('x'))
    const record = await test.ca.issue({
      request,
      subsystem: portalId,
      requester: 'R. Quliyev',
      author: operator,
    })
    const { der } = await test.ca.authority()
    const subject = ocspSubjectOf(record.der, [{ der }])
    if (!subject) throw new Error('none')
    const said: string[] = []
    for (const wish of [
      undefined,
      { act: 'hold' },
      { act: 'release' },
      { act: 'revoke', reason: 'keyCompromise' },
    ] as const) {
      if (wish) await test.ca.change({ serial: record.serial, wish, author: operator })
      const question = subject.ask(digest)
      said.push(question.read((await responder.answer(question.der)).der, new Date()).status)
    }
    expect(said).toEqual(['good', 'revoked', 'good', 'revoked'])
  },
)
