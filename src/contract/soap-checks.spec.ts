import { describe, expect, it } from '@jest/globals'
import { contractLane } from '../../test/support/contract-lane.js'
import { soapContract } from '../../test/support/contract-samples.js'
import { soapReply } from '../../test/support/soap-mapping.js'
import { soapRequest } from '../../test/support/views.js'
import { readXml } from '../xml/read-xml.js'

const { contract, rules } = await contractLane(soapContract({ service: 'AZ/GOV/DIN/GCQ/yoxla/v1' }))
const { checks } = rules.contracts.get(contract.digest)
const fault = '<s:Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring></s:Fault>'

function inReply(body: string, held = checks): string[] {
  const { envelope, ...rest } = soapReply(body)
  const content = { ...rest, envelope, document: readXml(envelope) }
  const asked = { verified: soapRequest(''), derived: undefined, path: undefined }
  return held.reply(content, asked).map(({ rule, path }) => `${rule} ${path}`)
}

describe('the Body of an answer', () => {
  it('is a Fault, or what the contract says, and never both', () => {
    expect(inReply(fault)).toEqual([])
    expect(inReply(`${fault}<yoxlaResponse xmlns="urn:x"/>`)).toEqual(['unexpected /yoxlaResponse'])
    expect(inReply(`<a/>${fault}`)).toEqual(['unexpected /Fault'])
  })

  it('is nothing, or a Fault, where the operation goes one way', async () => {
    const files = soapContract({ service: 'AZ/GOV/DIN/GCQ/yoxla/v1', settings: 'pattern: one-way' })
    const wsdl = files['service.wsdl']!.replace(/<wsdl:output.*?(?:\/>|<\/wsdl:output>)\n/gs, '')
    const oneWay = await contractLane({ ...files, 'service.wsdl': wsdl })
    const held = oneWay.rules.contracts.get(oneWay.contract.digest).checks
    expect(inReply('', held)).toEqual([])
    expect(inReply(fault, held)).toEqual([])
    expect(inReply('<yoxlaResponse xmlns="urn:x"/>', held)).toEqual(['unexpected /yoxlaResponse'])
  })
})
