import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { createPrivateKey } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { noteSigner, verifierKeyText } from '../../src/tlog/note-keys.js'
import { openWitnessServer } from '../../src/witness/witness-server.js'
import { command } from '../support/command.js'
import { askAt, testToken } from '../support/log-api.js'
import { BusField, eventually } from '../support/running-bus.js'
import { monitor, openCheckpoint } from '../support/tlog-monitor.js'
import { TestWitness } from '../support/witness.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 180_000

let field: BusField

beforeEach(async () => {
  field = await BusField.open()
}, timeoutMs)

afterEach(() => field.close(), timeoutMs)

const sluice = async (...args: readonly string[]): Promise<string> =>
  (await command(process.execPath, ['bin/sluice.js', ...args])).toString().trim()

it(
  'a log of a running bus is monitored, and vouched for by one that fetches and one that is asked, before and after a crash',
  async () => {
    const keys = await field.sharedKeys()
    const { logSigningKeyFile = '' } = keys.keys as Record<string, string>
    const { key } = noteSigner(
      'sluice/domain/PORTAL',
      createPrivateKey(await readFile(logSigningKeyFile)),
    )
    const vkey = verifierKeyText(key)
    const asked = await TestWitness.open(key)
    const place = { host: '127.0.0.1', port: 0, told: () => undefined }
    const server = await openWitnessServer({ witness: asked.witness, ...place })
    const keyFile = join(field.folder, 'witness.pem')
    const fetchingKey = await sluice('witness', 'key', 'fetching.example', '--key', keyFile)
    const entriesTokenFile = join(field.folder, 'auditor.token')
    await writeFile(entriesTokenFile, `${testToken}\n`)
    const { name } = asked.signer.key
    const witnesses = [
      { name: 'fetching.example', vkey: fetchingKey },
      {
        name,
        vkey: verifierKeyText(asked.signer.key),
        url: server.address,
        logs: ['domain/PORTAL'],
      },
    ]
    const config = { ...keys, evidence: { api: { port: 0, entriesTokenFile }, witnesses } }

    let known = 0
    for (const round of ['first', 'after the crash']) {
      const bus = await field.startNode({ config })
      if (round === 'first') await field.declare(field.databaseOf())
      const consumer = await field.consumerReady(bus.address)
      for (let count = 0; count < 20; count += 1) await consumer.send()
      const api = `${bus.logApi ?? ''}/log/domain/PORTAL`
      const read = async (path: string): Promise<Buffer> =>
        (await askAt(api, `/${path}`, { headers: { authorization: `Bearer ${testToken}` } })).body
      await eventually(async () => {
        const { status } = await askAt(api, '/checkpoint')
        return (
          status === 200 &&
          openCheckpoint(String(await read('checkpoint')), vkey).size >= known + 40
        )
      })
      const { size, entries } = await monitor(read, vkey)
      expect(entries).toHaveLength(size)
      known = size

      const state = join(field.folder, 'witness')
      const identity = ['--name', 'fetching.example', '--key', keyFile, '--state', state]
      const words = await sluice('witness', '--log', api, '--log-key', vkey, ...identity, '--once')
      expect(words).toMatch(/^sluice\/domain\/PORTAL: vouched for \d+ entries$/)
      const cosigned = async (): Promise<string> =>
        (await askAt(bus.logApi ?? '', '/cosigned/domain/PORTAL/checkpoint')).body.toString()
      openCheckpoint(await cosigned(), fetchingKey)
      await eventually(async () => (await cosigned()).includes(`\u2014 ${name} `))
      const opened = openCheckpoint(await cosigned(), verifierKeyText(asked.signer.key))
      expect(opened.size).toBeGreaterThanOrEqual(size)
      await field.kill(bus, true)
    }
    await server.close()
    await asked.close()
  },
  timeoutMs,
)
