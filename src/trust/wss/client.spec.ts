import { beforeAll, describe, expect, it } from '@jest/globals'
import type { TestIdentity } from '../../../test/support/pki.js'
import { makeTestTrust, sampleBlocks, signedMessage, xroad } from '../../../test/support/wss.js'
import { Fault } from '../../exchange/fault.js'
import { verifyBusReply } from './client.js'

describe("the bus's reply, as a consumer's system verifies it", () => {
  let bus: TestIdentity
  let other: TestIdentity

  beforeAll(async () => {
    const trust = await makeTestTrust()
    bus = await trust.authority.issue({ keyType: 'p256' })
    other = await trust.authority.issue({ keyType: 'p256' })
  })

  const verify = (envelope: Buffer, by = bus, now = new Date()) =>
    verifyBusReply({
      payload: { bytes: envelope, envelope, attachments: [] },
      publicKey: by.publicKey,
      certificateThumbprint: by.thumbprint,
      now,
    })

  it('gives its header blocks and its Body', () => {
    const verified = verify(signedMessage(bus))
    expect(verified.headerBlocks).toHaveLength(sampleBlocks.length)
    expect(verified.headerBlock(xroad, 'id')?.text()).toBe('sorgu-1')
    expect(verified.body.children()).toHaveLength(1)
  })

  it('is refused where anybody else signed it, or it is old, or changed', () => {
    expect(() => verify(signedMessage(other))).toThrow(/another certificate/)
    expect(() => verify(signedMessage(bus), other)).toThrow(/another certificate/)
    const later = new Date(Date.now() + 600_000)
    expect(() => verify(signedMessage(bus), bus, later)).toThrow(/CLOCK_SKEW/)
    const changed = signedMessage(bus).toString().replace('sorgu-1', 'sorgu-2')
    expect(() => verify(Buffer.from(changed))).toThrow(Fault)
  })
})
