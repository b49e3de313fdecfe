import { afterEach, beforeEach, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claimOf, lifeOf, parseClaim, thisProcess, type ClaimHolder } from './claim-holder.js'
import { claimFolder, type ClaimOptions } from './folder-claim.js'

/** More than any system gives to a process, so that nobody has it. */
const deadPid = 2 ** 31 - 1

let folder: string
let self: ClaimHolder

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-test-claim-'))
  self = await thisProcess()
})

afterEach(() => rm(folder, { recursive: true, force: true }))

const earlier: ClaimOptions['earlier'] = {
  name: 'process',
  holderOf: (text) => (text === '' ? undefined : { pid: Number(text), startedAt: '' }),
}

const claim = (more?: Partial<ClaimOptions>): Promise<() => Promise<void>> =>
  claimFolder(folder, { earlier, ...more })

const holders = (): Promise<string[]> => readdir(join(folder, 'claim'))

async function leaveClaim(holder: Partial<ClaimHolder> | string): Promise<string> {
  const name = typeof holder === 'string' ? holder : claimOf({ ...self, ...holder })
  await mkdir(join(folder, 'claim'), { recursive: true })
  await writeFile(join(folder, 'claim', name), '')
  return name
}

it('is of this process until it is given back', async () => {
  const giveBack = await claim()
  expect(await holders()).toEqual([claimOf(self)])
  await expect(claim()).rejects.toThrow(`process ${process.pid} works with it`)
  await giveBack()
  expect(await holders()).toEqual(['closed'])
  const giveBackAgain = await claim()
  await giveBack()
  expect(await holders()).toEqual([claimOf(self)])
  await giveBackAgain()
  expect(await readdir(folder)).toEqual(['claim'])
})

it.each([
  ['that ended', { pid: deadPid }],
  ['whose number another one has since', { startedAt: '1' }],
])('a claim of a process %s is dead', async (_what, holder) => {
  // Only Linux tells when a process started.
  const isTold = self.startedAt !== '' || 'pid' in holder
  expect(await lifeOf({ ...self, ...holder }, self)).toBe(isTold ? 'dead' : 'alive')
})

it('a claim of before this machine was started anew is dead', async () => {
  const installed = { ...self, machineId: 'one' }
  expect(await lifeOf({ ...installed, bootId: 'another' }, installed)).toBe('dead')
})

it('a dead claim is taken over', async () => {
  await leaveClaim({ pid: deadPid })
  await (
    await claim()
  )()
  expect(await holders()).toEqual(['closed'])
})

it.each([
  ['in another container', { pidNamespace: '2' }],
  ['in another container, of the same number as this one', { pidNamespace: '2', pid: 1 }],
  ['on another machine', { bootId: 'another', host: 'elsewhere', machineId: 'other' }],
  ['on another machine with the same name', { bootId: 'another', machineId: 'other' }],
  ['on a machine that nothing tells apart', { bootId: 'another', machineId: '' }],
])('whether a process %s runs cannot be known', async (_what, holder) => {
  const here = { bootId: 'this', pidNamespace: '1', machineId: 'one', host: 'here' }
  const own = { ...here, pid: 1, startedAt: '10' }
  expect(await lifeOf({ ...own, pid: deadPid, ...holder }, own)).toBe('unknown')
  const nothing = { ...own, machineId: '' }
  expect(await lifeOf({ ...nothing, pid: deadPid, ...holder }, nothing)).toBe('unknown')
})

it('a claim of which that cannot be known is left until somebody removes it', async () => {
  const name = await leaveClaim({ pid: 1, bootId: 'another', machineId: '', host: 'elsewhere' })
  await expect(claim()).rejects.toThrow(join(folder, 'claim', name))
  expect(await holders()).toEqual([name])
  await rm(join(folder, 'claim', name))
  await (
    await claim()
  )()
})

it('where nothing else tells that the folder is deserted', async () => {
  await leaveClaim({ pid: 1, bootId: 'another', machineId: '', host: 'elsewhere' })
  await writeFile(join(folder, 'process'), '')
  await expect(claim({ isDeserted: () => Promise.resolve(false) })).rejects.toThrow('process')
  await (
    await claim({ isDeserted: () => Promise.resolve(true) })
  )()
  expect([await holders(), await readdir(folder)]).toEqual([['closed'], ['claim']])
})

it('without start times and namespaces, a machine of the same name has the process or not', async () => {
  const plain = { startedAt: '', pidNamespace: '', bootId: '', machineId: '', host: 'mac' }
  const at = { ...plain, pid: process.pid }
  expect(await lifeOf({ ...plain, pid: process.ppid }, at)).toBe('alive')
  expect(await lifeOf({ ...plain, pid: process.pid }, at)).toBe('alive')
  expect(await lifeOf({ ...plain, pid: deadPid }, at)).toBe('dead')
  expect(await lifeOf({ ...plain, pid: deadPid, host: 'other' }, at)).toBe('unknown')
})

it('a claim that nobody can read is left', async () => {
  await leaveClaim('held~nobody')
  await expect(claim()).rejects.toThrow(/remove .*held~nobody/)
})

it('two names, seen while the claim changes hands, give it to neither', async () => {
  await leaveClaim('closed')
  await leaveClaim({ pid: deadPid })
  await expect(claim()).rejects.toThrow(/same moment/)
})

it('of an earlier build: a living process keeps it, a dead one does not', async () => {
  const file = join(folder, 'process')
  await writeFile(file, String(process.ppid))
  await expect(claim()).rejects.toThrow(file)
  await writeFile(file, '')
  await expect(claim()).rejects.toThrow(file)
  const child = spawn(process.execPath, ['--eval', ''])
  await once(child, 'exit')
  await writeFile(file, String(child.pid))
  await (
    await claim()
  )()
  expect(await readdir(folder)).toEqual(['claim'])
})

it('its name is read as it was written, whatever a machine is called', () => {
  const words = fc.stringMatching(/^[0-9a-f-]{0,40}$/)
  const holder = fc.record({
    pid: fc.integer({ min: 1, max: deadPid }),
    startedAt: words,
    pidNamespace: words,
    bootId: words,
    machineId: words,
    host: fc.string({ unit: anyCharacter, maxLength: 300 }).filter((text) => text.isWellFormed()),
  })
  fc.assert(
    fc.property(holder, (written) => {
      const name = claimOf(written)
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
      expect(name).not.toMatch(/[/\0]/)
      expect(parseClaim(name)).toEqual({ ...written, host: expect.any(String) })
    }),
  )
  fc.assert(fc.property(fc.string(), (text) => (parseClaim(text)?.pid ?? 1) > 0))
})
