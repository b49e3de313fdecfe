import { beforeAll, describe, expect, it } from '@jest/globals'
import { generateKeyPairSync } from 'node:crypto'
import { makeCast, type EvidenceCast } from '../../../test/support/evidence-cast.js'
import { containerOf, trustIn, wrongIn } from '../../../test/support/evidence.js'
import { originOf } from '../../tlog/checkpoint.js'
import { noteSigner } from '../../tlog/note-keys.js'
import { verifyEvidence } from './verify-evidence.js'

let cast: EvidenceCast

beforeAll(async () => {
  cast = await makeCast()
})

describe('the log that a container shows its entries in', () => {
  it.each([
    ['of another domain', 'domain/SENED'],
    ['of entries without domain', 'unassigned'],
    ['whose name only ends like it', 'domain/PORTAL/x'],
  ])('is not one %s, though they are in that tree', async (_, log) => {
    const key = generateKeyPairSync('ed25519').privateKey
    const other = { ...cast, log: noteSigner(originOf('sluice', log), key) }
    const report = await verifyEvidence(await containerOf(other), trustIn(other), new Date())
    expect(wrongIn(report)).toEqual([
      'inclusion request/entry.json',
      'inclusion outcome/entry.json',
    ])
    const step = report.steps.find(({ name }) => name === 'inclusion')
    expect(step?.text.en).toContain('belongs to the exchange domain PORTAL, and the checkpoint is')
  })

  it('is that of a bus of any name', async () => {
    const key = generateKeyPairSync('ed25519').privateKey
    const other = { ...cast, log: noteSigner('bus.example/domain/PORTAL', key) }
    const report = await verifyEvidence(await containerOf(other), trustIn(other), new Date())
    expect(report.verdict).toBe('proved')
  })

  it('is not proved by a key of another log, and not false either', async () => {
    const key = generateKeyPairSync('ed25519').privateKey
    const elsewhere = noteSigner(originOf('sluice', 'domain/SENED'), key).key
    const given = { ...trustIn(cast), logKeys: [elsewhere] }
    const report = await verifyEvidence(await containerOf(cast), given, new Date())
    expect([report.verdict, wrongIn(report)]).toEqual(['incomplete', []])
    const step = report.steps.find(({ outcome }) => outcome === 'not-checked')
    expect(step).toMatchObject({ name: 'checkpoint', file: 'checkpoint.txt' })
    expect(step?.text.en).toContain('none of the keys that you gave (--log-key) is of this log')
    // A key of this log among them is the one that counts.
    const both = { ...given, logKeys: [elsewhere, cast.log.key] }
    expect((await verifyEvidence(await containerOf(cast), both, new Date())).verdict).toBe('proved')
  })
})
