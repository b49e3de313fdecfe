import { describe, expect, it } from '@jest/globals'
import { contractLane } from '../../test/support/contract-lane.js'
import { soapContract } from '../../test/support/contract-samples.js'
import { soapReply } from '../../test/support/soap-mapping.js'
import { soapRequest } from '../../test/support/views.js'
import { readXml } from '../xml/read-xml.js'

const { contract, rules } = await contractLane(soapContract({ service: 'AZ/GOV/DIN/GCQ/yoxla/v1' }))
const { checks } = rules.contracts.get(contract.digest)
const fault = '<s:Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring></s:Fault>'

function inReply(body: string): string[] {
  const { envelope, ...rest } = soapReply(body)
  const content = { ...rest, envelope, document: readXml(envelope) }
  const asked = { verified: soapRequest(''), derived: undefined, path: undefined }
  return checks.reply(content, asked).map(({ rule, path }) => `${rule} ${path}`)
}

describe('the Body of an answer', () => {
  it('is a Fault, or what the contract says, and never both', () => {
    expect(inReply(fault)).toEqual([])
    expect(inReply(`${fault}<yoxlaResponse xmlns="urn:x"/>`)).toEqual(['unexpected /yoxlaResponse'])
    expect(inReply(`<a/>${fault}`)).toEqual(['unexpected /Fault'])
  })
})
