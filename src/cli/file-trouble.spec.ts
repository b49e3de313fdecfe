import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryIo } from '../../test/support/command-io.js'
import { evidenceExport } from './evidence-export.js'
import { evidenceVerify } from './evidence-verify.js'
import { checkNewFile, fileReason, fileSentence, isFileTrouble } from './file-trouble.js'
import { logArchive } from './log-archive.js'
import { logArchiveVerify } from './log-archive-verify.js'
import { readBounded } from './read-bounded.js'

const exchange = '0190163d-8694-739b-aea5-966c26f8ad91'
const raw = /E[A-Z]{4,}|syscall|, open '/

let folder: string
let file: string
let gone: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-test-files-'))
  file = join(folder, 'there.asice')
  gone = join(folder, 'gone', 'x')
  await writeFile(file, 'x')
})

afterAll(() => rm(folder, { recursive: true }))

/** As the command line reads files. */
function diskIo() {
  const readFile = (path: string): Promise<Buffer> => readBounded(createReadStream(path), 1_000)
  return Object.assign(memoryIo({}), { readFile })
}

type Told = readonly [code: number, err: string]

async function told(work: (io: ReturnType<typeof diskIo>) => Promise<number>): Promise<Told> {
  const io = diskIo()
  const code = await work(io)
  return [code, io.errors]
}

function exportTo(out: string, ...more: string[]): Promise<Told> {
  const args = ['--exchange', exchange, '--reason', 'x', '--out', out, ...more]
  const noSuchFile = Object.assign(new Error(`ENOENT: no such file or directory, open '${gone}'`), {
    ...{ code: 'ENOENT', syscall: 'open', path: gone },
  })
  return told((io) =>
    evidenceExport(args, io, {
      checkNew: checkNewFile,
      writeNew: () => Promise.reject(new Error('nothing is written')),
      open: () => Promise.reject(more.length > 0 ? noSuchFile : new Error('it was opened')),
    }),
  )
}

describe('files that cannot be used', () => {
  it('are told of before an exchange is opened', async () => {
    expect(await exportTo(file)).toEqual([
      2,
      `${file}: it is there already and is not written over; name another, or move it away`,
    ])
    expect(await exportTo(join(gone, 'new'))).toEqual([
      2,
      `${gone}: there is no such file or folder; check the path`,
    ])
    expect(await exportTo(join(file, 'new'))).toEqual([
      2,
      `${file}: it is a file and no folder; name a folder`,
    ])
    expect((await exportTo(join(folder, 'new')))[1]).toContain('it was opened')
  })

  it('are told of in words, with what to do, by each command that reads one', async () => {
    const missing = `${gone}: cannot be read (there is no such file or folder; check the path)`
    expect(await exportTo(join(folder, 'new'), '--archive', gone)).toEqual([2, missing])
    expect(await told((io) => evidenceVerify([gone], io))).toEqual([2, missing])
    expect(await told((io) => evidenceVerify([file, '--trust', gone], io))).toEqual([2, missing])
    expect(await told((io) => logArchiveVerify([gone], io))).toEqual([2, missing])
    const [code, text] = await told((io) => evidenceVerify([folder], io))
    expect([code, text]).toEqual([2, `${folder}: cannot be read (it is a folder; name a file)`])
    expect(text).not.toMatch(raw)
  })

  it('a folder for archives that is not there is told of before the log is opened', async () => {
    const opened = (): Promise<never> => Promise.reject(new Error('the log was opened'))
    const args = ['--before', '2026-03-01', '--out', gone]
    expect(await told((io) => logArchive(args, io, opened))).toEqual([
      2,
      `${gone}: there is no such file or folder; check the path`,
    ])
  })
})

it('a database that cannot be reached is no file, and other errors have their own words', () => {
  const socket = Object.assign(new Error('connect ENOENT /run/x'), {
    ...{ code: 'ENOENT', syscall: 'connect' },
  })
  expect([isFileTrouble(socket), fileReason(socket)]).toEqual([false, 'connect ENOENT /run/x'])
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    ...{ code: 'ENOSPC', syscall: 'write', path: '/a/b' },
  })
  expect(fileSentence(full)).toBe('/a/b: the disk is full; make room on it')
  expect(fileSentence('x')).toBe('x')
})
