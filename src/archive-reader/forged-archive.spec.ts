import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { generateKeyPairSync, hash } from 'node:crypto'
import { flipped, SampleArchive } from '../../test/support/sample-archive.js'
import { noteSigner, verifierKeyText } from '../tlog/note-keys.js'
import { ArchiveError, type ArchiveProblem } from './archive-error.js'
import { findArchived } from './archived-exchange.js'
import type { Manifest } from './manifest.js'
import { verifyArchive } from './verify-archive.js'

let sample: SampleArchive
let members: ReadonlyMap<string, Buffer>
let bad: string

beforeAll(async () => {
  sample = await SampleArchive.make()
  ;({ members, bad } = sample)
})

afterAll(() => sample.remove())

/** The same with a manifest that fits them: by somebody who can do all but sign. */
async function forged(
  change: (members: Map<string, Buffer>) => void,
  state: (manifest: Manifest) => object = () => ({}),
): Promise<ArchiveProblem> {
  return sample.changed((copy) => {
    change(copy)
    restate(copy, state)
  })
}

function restate(copy: Map<string, Buffer>, state: (manifest: Manifest) => object): void {
  const manifest = JSON.parse(copy.get('manifest.json')!.toString()) as Manifest
  const parts = [...copy]
    .filter(([name]) => name !== 'manifest.json')
    .map(([name, content]) => ({
      name,
      bytes: content.length,
      sha256: hash('sha256', content, 'base64'),
    }))
  const stated = { ...manifest, parts, ...state(manifest) }
  copy.set('manifest.json', Buffer.from(JSON.stringify(stated)))
}

describe('whoever can do all but sign', () => {
  const entries = (copy: Map<string, Buffer>) =>
    [...copy.keys()].find((name) => name.startsWith('entries/'))!

  it('changes no entry', async () => {
    const problem = await forged((copy) => {
      const name = entries(copy)
      const text = copy.get(name)!.toString('latin1')
      copy.set(name, Buffer.from(text.replace('finAxtaris', 'finAxtariz'), 'latin1'))
    })
    expect(problem).toBe('end-differs')
  })

  it('leaves out none and adds none', async () => {
    const another = 'entries/0000000000000099'
    expect(await forged((copy) => copy.set(another, Buffer.of(0, 0)))).toBe('part-added')
    const shorter = await forged((copy) => {
      const name = entries(copy)
      const content = copy.get(name)!
      copy.set(name, content.subarray(2 + content.readUInt16BE(0)))
    })
    expect(shorter).toBe('part-unreadable')
    const other = await forged(
      () => undefined,
      ({ end }) => ({ end: { ...end, size: end.size - 1 } }),
    )
    expect(other).toBe('part-unreadable')
  })

  it('states no other tree', async () => {
    const root = hash('sha256', 'another', 'base64')
    const nothing = (): void => undefined
    expect(await forged(nothing, ({ start }) => ({ start: { ...start, root } }))).toBe(
      'start-differs',
    )
    expect(await forged(nothing, ({ end }) => ({ end: { ...end, root } }))).toBe('end-differs')
    expect(await forged(nothing, (m) => ({ checkpoint: { ...m.checkpoint, root } }))).toBe(
      'checkpoint-differs',
    )
    expect(await forged(nothing, () => ({ origin: 'sluice/domain/SENED' }))).toBe(
      'checkpoint-differs',
    )
    expect(await forged((copy) => copy.set('tree/right', Buffer.alloc(64)))).toBe('part-unreadable')
    const right = await forged((copy) =>
      copy.set('tree/right', flipped(copy.get('tree/right')!, 0)),
    )
    expect(right).toBe('checkpoint-differs')
    const bundles = await forged((copy) =>
      copy.set('tree/bundles', flipped(copy.get('tree/bundles')!, 0)),
    )
    expect(bundles).toBe('part-unreadable')
  })

  it('signs with no key of their own', async () => {
    const own = noteSigner(sample.key.name, generateKeyPairSync('ed25519').privateKey)
    const resigned = (copy: Map<string, Buffer>): void => {
      const [text = ''] = copy.get('checkpoint')!.toString().split('\n\n')
      const { name, keyId, bytes } = own.sign(`${text}\n`, new Date())
      const id = Buffer.alloc(4)
      id.writeUInt32BE(keyId)
      const line = `\u2014 ${name} ${Buffer.concat([id, bytes]).toString('base64')}\n`
      copy.set('checkpoint', Buffer.from(`${text}\n\n${line}`))
    }
    const logKey = verifierKeyText(own.key)
    expect(await forged(resigned, () => ({ logKey }))).toBe('signature-missing')
    // The file alone is consistent: that is why a published key is asked for.
    expect(await verifyArchive(bad)).toMatchObject({ signedBy: 'stated key' })
  })

  it('moves no payload, and hides none behind another key', async () => {
    const [first, second] = [...members.keys()].filter((name) => /^payloads\/[0-9]+$/.test(name))
    const moved = await forged((copy) => copy.set(first!, members.get(second!)!))
    expect(moved).toBe('payload-differs')
    const changedText = await forged((copy) => {
      const content = copy.get(first!)!
      copy.set(first!, flipped(content, content.length - 1))
    })
    expect(changedText).toBe('payload-differs')
    const keys = await forged((copy) => {
      const text = copy.get('payloads/keys.json')!.toString()
      copy.set(
        'payloads/keys.json',
        Buffer.from(text.replace(/"masterKeyId":"./, '"masterKeyId":"z')),
      )
    })
    expect(keys).toBe('payload-differs')
    expect(await forged((copy) => copy.set(first!, Buffer.alloc(40)))).toBe('payload-differs')
    const cut = await forged((copy) => copy.set(first!, members.get(first!)!.subarray(0, -1)))
    expect(cut).toBe('part-unreadable')
  })

  it('makes the index find nothing else', async () => {
    const name = [...members.keys()].find((each) => each.startsWith('index/'))!
    const content = members.get(name)!
    for (const wrong of [
      content.subarray(0, -25),
      flipped(content, content.length - 1),
      Buffer.concat([content, content.subarray(-25)]),
      content.subarray(1),
    ]) {
      expect(['index-differs', 'part-unreadable']).toContain(
        await forged((copy) => copy.set(name, wrong)),
      )
    }
    const record = content.indexOf(Buffer.from(sample.exchangeId.replaceAll('-', ''), 'hex'))
    const misled = flipped(content, record + 24)
    expect(await forged((copy) => copy.set(name, misled))).toBe('index-differs')
    await expect(findArchived(bad, sample.exchangeId, 1_000)).rejects.toThrow(ArchiveError)
  })

  it.each([
    ['no JSON', '{'],
    ['no manifest', '{}'],
    ['a list', '[]'],
    ['nothing', ''],
  ])('gives no manifest that is %s', async (_what, text) => {
    const problem = await sample.changed((copy) => copy.set('manifest.json', Buffer.from(text)))
    expect(problem).toBe('manifest-unreadable')
  })
})
