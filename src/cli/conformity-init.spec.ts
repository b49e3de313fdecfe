import { describe, expect, it } from '@jest/globals'
import { readApplicationFile } from '../conformity/read-application-file.js'
import { conformityInit } from './conformity-init.js'

const pem = '-----BEGIN CERTIFICATE REQUEST-----\nTUlJ\n-----END CERTIFICATE REQUEST-----\n'

async function made(args: string): Promise<{ code: number; text: string }> {
  const lines: string[] = []
  const say = (line: string): void => void lines.push(line)
  const readFile = () => Promise.resolve(Buffer.from(`Attributes\n${pem}`))
  const code = await conformityInit(args.split(' '), { out: say, err: say, readFile })
  return { code, text: `${lines.join('\n')}\n` }
}

/** Whoever fills it in writes behind each colon that nothing stands behind. */
function filled(text: string): string {
  return text
    .replace('categories: []', 'categories: [ad]')
    .replace('{ az: , en: }', '{ az: a, en: b }')
    .replace('- code:', '- code: x')
    .replaceAll(
      /^( *(?:\w+: \{ )?(\w+):)( \})?$/gm,
      (line, head: string, key: string, end = '') => {
        const isParent =
          /^(name|declaration|probes|echo|request|regulation|personalData|dataObjects)$/.test(key)
        const opens = isParent || /^(responsible|technical|hosting|good|bad)$/.test(key)
        const isText = key === 'name' && line.startsWith('  ')
        if (opens && !isText && end === '') return line
        const value = { email: 'a@b.az', target: '/a', phone: '+994 12 555 00 01' }[key] ?? 'Şəki'
        return `${head} ${value}${end}`
      },
    )
}

describe('sluice conformity init', () => {
  it.each([
    ['system AZ/GOV/NN/DASIMA --request r.pem', { kind: 'system', certificateRequest: pem }],
    ['resource AZ/GOV/NN/reyestr --domain SENED', { kind: 'resource', domain: 'SENED' }],
    ['service AZ/GOV/NN/DASIMA/xett/v1 --address https://a.az/x', { member: 'AZ/GOV/NN' }],
    ['service AZ/GOV/NN/DASIMA/x/v1 --protocol soap --address https://a.az', { kind: 'service' }],
    ['service AZ/GOV/NN/DASIMA/x/v1 --protocol mq', { kind: 'service' }],
  ])('%s: an application, once it is filled in', async (args, expected) => {
    const { code, text } = await made(args)
    expect(code).toBe(0)
    const empty = readApplicationFile(Buffer.from(text))
    expect(empty.application).toBeUndefined()
    const places = empty.flaws.map(({ pointer }) => pointer)
    for (const place of ['/name/az', '/responsible/name', '/technical/phone']) {
      expect(places).toContain(place)
    }
    const { application, flaws } = readApplicationFile(Buffer.from(filled(text)))
    expect(flaws).toEqual([])
    expect(application).toMatchObject(expected)
  })

  it('takes what it is given for one value each, and no more of the file', async () => {
    const { text } = await made('service AZ/GOV/NN/D/x/v1 --domain P\nmember:X --address amqp:a:\n')
    const lines = text.split('\n').filter((line) => /^ *(domain|address|member):/.test(line))
    expect(lines).toEqual([
      'member: AZ/GOV/NN',
      'domain: "P\\nmember:X"',
      '  address: "amqp:a:\\n"',
    ])
  })

  it.each([
    ['', 'KIND'],
    ['member AZ/GOV/NN', 'KIND'],
    ['system AZ/GOV/NN', 'OBJECT_ID'],
    ['service AZ/GOV/NN/DASIMA', 'OBJECT_ID'],
    ['system AZ/GOV/NN/X another', 'OBJECT_ID'],
    ['service AZ/GOV/NN/DASIMA/x/v1 --protocol ftp', '--protocol'],
  ])('%j is wrong use', async (args, about) => {
    const { code, text } = await made(args)
    expect(code).toBe(2)
    expect(text).toContain(about)
  })
})
