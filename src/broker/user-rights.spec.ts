import { describe, expect, it } from '@jest/globals'
import { parseSubsystemId } from '../exchange/identifier.js'
import { brokerNameOf, inQueueOf, isSubsystemName, ownerOfInQueue } from './names.js'
import { passwordHashOf } from './password-hash.js'
import { rightsOf } from './user-rights.js'

describe('rights of a user', () => {
  it('are of its own names, whatever characters they have', () => {
    const { configure, write, read } = rightsOf(parseSubsystemId('AZ/GOV/A.B/C+(x)*'))
    const own = 'AZ.GOV.A%2EB.C%2B(x)*'
    expect(own).toBe(brokerNameOf(parseSubsystemId('AZ/GOV/A.B/C+(x)*')))
    expect(write).toMatch(/^\^.*\$$/)
    for (const name of [`${own}.out`, `${own}.answers`, `${own}.replies.1`]) {
      expect(name).toMatch(new RegExp(write))
    }
    for (const name of [`${own}.in`, `${own}.in.hesab`, `${own}.replies`, `${own}.notices`]) {
      expect(name).toMatch(new RegExp(read))
    }
    expect(`${own}.replies`).not.toMatch(new RegExp(configure))
    for (const name of ['AZ.GOV.A%2EB.C%2Bx.out', `${own}x.out`, `${own}.out.requests`, '']) {
      expect(name).not.toMatch(new RegExp(write))
      expect(name).not.toMatch(new RegExp(read))
    }
  })

  it('are looked after for names of subsystems only', () => {
    expect(isSubsystemName('AZ.GOV.VN.EVHF')).toBe(true)
    for (const name of ['sluice-admin', 'guest', 'AZ.GOV.VN', 'AZ.XXX.VN.EVHF', 'a.AZ.GOV.VN.E']) {
      expect(isSubsystemName(name)).toBe(false)
    }
  })

  it('are for whom a queue of deliveries says', () => {
    const owner = parseSubsystemId('AZ/GOV/A.B/in')
    expect(ownerOfInQueue(inQueueOf(owner))).toBe(owner)
    expect(ownerOfInQueue(inQueueOf(owner, 'hesab'))).toBe(owner)
    const prefix = brokerNameOf(owner)
    for (const name of [`${prefix}.out.requests`, `${prefix}.notices`, prefix, 'AZ.GOV.%.D.in', ''])
      expect(ownerOfInQueue(name)).toBeUndefined()
  })

  // The example of RabbitMQ's documentation ("Authentication, Authorisation, Access Control", Computing Password Hashes).
  it('go with a password as RabbitMQ hashes it', () => {
    expect(passwordHashOf('test12', Buffer.from('908dc60a', 'hex'))).toBe(
      'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR',
    )
  })
})
