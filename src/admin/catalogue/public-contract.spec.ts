import { describe, expect, it } from '@jest/globals'
import { namesNobody, withoutAddresses } from './public-contract.js'

describe('what everybody gets of a contract', () => {
  it.each([
    ['<soap:address location="http://din.example/a"/>', '<soap:address location="/"/>'],
    [
      "<address  binding='x' location = 'http://din.example'>",
      '<address  binding=\'x\' location = "/">',
    ],
    ['<wsa:Address>http://din.example/a</wsa:Address>', '<wsa:Address>/</wsa:Address>'],
    [
      '<xs:element name="address" type="xs:string"/>',
      '<xs:element name="address" type="xs:string"/>',
    ],
  ])('has no address in a WSDL: %s', (given, expected) => {
    expect(withoutAddresses(given)).toBe(expected)
  })

  it.each([
    ['paths: {}\ninfo: { title: Borc }', true],
    ['servers:\n  - url: https://vn.example', false],
    ['{"servers":[{"url":"https://vn.example"}]}', false],
    ['info:\n  contact: { name: Aysel }', false],
    ['description: yazın – aysel@vn.example.az', false],
    ['<soap:address location="http://din.example"/>', false],
    ['<wsa:Address>http://din.example</wsa:Address>', false],
  ])('has the files %j: %s', (text, isGiven) => {
    expect(namesNobody(new Map([['a', Buffer.from(text)]]))).toBe(isGiven)
  })

  it('is found in linear time', () => {
    const text = '<address '.repeat(20_000) + 'a@'.repeat(20_000)
    expect(withoutAddresses(text)).toBe(text)
    expect(namesNobody(new Map([['a', Buffer.from('a@'.repeat(100_000))]]))).toBe(true)
  })
})
