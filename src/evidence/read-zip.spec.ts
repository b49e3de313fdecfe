import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { zipBytes, type ZipEnd, type ZipPart } from '../../test/support/zip-bytes.js'
import { containerContentBytesMax, containerFilesMax } from '../limits/evidence.js'
import { ContainerError, type ContainerProblem } from './container-error.js'
import { readZip } from './read-zip.js'
import { writeZip } from './write-zip.js'

const hello: ZipPart = { name: 'hello.txt', content: Buffer.from('salam') }
const other: ZipPart = { name: 'a/b.bin', content: Buffer.from([1, 2, 3]) }

async function problemOf(bytes: Buffer): Promise<ContainerProblem | 'none'> {
  try {
    await readZip(bytes)
    return 'none'
  } catch (error) {
    if (error instanceof ContainerError) return error.problem
    throw error
  }
}

const unixMode = (mode: number): number => (mode << 16) >>> 0

describe('an archive', () => {
  it('is read as it was written, and written the same each time', async () => {
    const files = new Map([
      ['mimetype', Buffer.from('x')],
      ['empty.bin', Buffer.alloc(0)],
      ['request/payload.bin', Buffer.alloc(100_000, 7)],
    ])
    const written = await writeZip(files)
    const { files: read, first } = await readZip(written)
    expect([...read]).toEqual([...files])
    expect(first).toEqual({ name: 'mimetype', isStored: true })
    expect((await writeZip(files)).equals(written)).toBe(true)
  })

  it('of somebody else may be deflated', async () => {
    const content = Buffer.alloc(5_000, 'a')
    const { files } = await readZip(zipBytes([hello, { name: 'x.txt', content, isDeflated: true }]))
    expect(files.get('x.txt')?.equals(content)).toBe(true)
  })

  it.each<[why: string, ContainerProblem, readonly ZipPart[], ZipEnd?]>([
    ['nothing in it', 'not-a-zip', []],
    ['a path upwards', 'bad-name', [{ name: '../hello.txt' }]],
    ['a path upwards inside', 'bad-name', [{ name: 'a/../../hello.txt' }]],
    ['an absolute path', 'bad-name', [{ name: '/etc/passwd' }]],
    ['a drive', 'bad-name', [{ name: 'C:/hello.txt' }]],
    ['a backslash', 'bad-name', [{ name: '..\\hello.txt' }]],
    ['an empty segment', 'bad-name', [{ name: 'a//b.txt' }]],
    ['a hidden file', 'bad-name', [{ name: '.profile' }]],
    ['a zero byte', 'bad-name', [{ name: 'a.txt\0.pem' }]],
    ['letters beyond ASCII', 'bad-name', [{ name: 'şlüz.txt' }]],
    ['bytes that are no text', 'bad-name', [{ name: Buffer.from([0xff, 0xfe]) }]],
    ['no name', 'bad-name', [{ name: '' }]],
    ['a device of Windows', 'bad-name', [{ name: 'a/NUL.txt' }]],
    ['a long name', 'bad-name', [{ name: 'a'.repeat(101) }]],
    ['a folder', 'not-a-file', [{ name: 'a/' }]],
    ['a symbolic link', 'not-a-file', [{ ...hello, says: { attributes: unixMode(0o120777) } }]],
    ['a folder by its mode', 'not-a-file', [{ ...hello, says: { attributes: unixMode(0o40755) } }]],
    ['a folder by DOS', 'not-a-file', [{ ...hello, says: { attributes: 0x10, madeBy: 20 } }]],
    ['one name twice', 'name-twice', [hello, other, hello]],
    ['one name in two cases', 'name-twice', [hello, { ...hello, name: 'HELLO.TXT' }]],
    ['a file where a folder is', 'name-twice', [other, { name: 'A', content: Buffer.from('x') }]],
    ['an encrypted file', 'encrypted', [{ ...hello, says: { flags: 0x0801, packedBytes: 17 } }]],
    ['strong encryption', 'not-a-zip', [{ ...hello, says: { flags: 0x0841 } }]],
    ['an encrypted list', 'encrypted', [{ ...hello, says: { flags: 0x2800 } }]],
    ['sizes after the data', 'unknown-packing', [{ ...hello, says: { flags: 0x0808 } }]],
    ['another compression', 'unknown-packing', [{ ...hello, says: { method: 14 } }]],
    ['an extra field', 'unknown-packing', [{ ...hello, extra: Buffer.from('UT\x01\0x') }]],
    ['a wrong check sum', 'content-differs', [{ ...hello, says: { crc: 1 } }]],
    ['bytes before', 'foreign-bytes', [{ ...hello, before: Buffer.from('#!/bin/sh\n') }]],
    ['bytes between', 'foreign-bytes', [hello, { ...other, before: Buffer.from('x') }]],
    ['bytes before the list', 'foreign-bytes', [hello], { between: Buffer.from('x') }],
    ['a comment', 'foreign-bytes', [hello], { comment: Buffer.from('hello') }],
    ['bytes after', 'foreign-bytes', [hello], { after: Buffer.from('x') }],
    ['a second end', 'foreign-bytes', [hello], { comment: zipBytes([other]) }],
    ['files over one another', 'foreign-bytes', [hello, { ...other, offset: 0 }]],
    ['a file behind the end', 'foreign-bytes', [hello, { ...other, offset: 9_999 }]],
    ['a file that the list leaves out', 'foreign-bytes', [hello, other], { files: 1 }],
    ['a file that is only listed', 'not-a-zip', [hello], { files: 2 }],
    ['two names', 'headers-differ', [{ ...hello, own: { name: 'hallo.txt' } }]],
    ['two sizes', 'headers-differ', [{ ...hello, own: { bytes: 4 } }]],
    ['two check sums', 'headers-differ', [{ ...hello, own: { crc: 4 } }]],
    ['two methods', 'headers-differ', [{ ...hello, own: { method: 8 } }]],
    ['sizes beyond 4 GiB', 'unknown-packing', [hello], { files: 0xffff }],
  ])('with %s is refused: %s', async (_, problem, parts, end = {}) => {
    expect(await problemOf(zipBytes(parts, end))).toBe(problem)
  })

  it('cannot be a bomb: neither by what it says, nor by what comes out', async () => {
    const bomb = Buffer.alloc(10_000_000)
    const honest = Array.from({ length: 30 }, (_, at) => ({
      name: `${at}.bin`,
      content: bomb,
      isDeflated: true,
    }))
    expect(honest.length * bomb.length).toBeGreaterThan(containerContentBytesMax)
    expect(await problemOf(zipBytes(honest))).toBe('too-large')
    const liar = { name: 'a.bin', content: bomb, isDeflated: true, says: { bytes: 10 } }
    expect(await problemOf(zipBytes([liar]))).toBe('content-differs')
    const many = Array.from({ length: containerFilesMax + 1 }, (_, at) => ({ name: `${at}.bin` }))
    expect(await problemOf(zipBytes(many))).toBe('too-many-files')
  })

  it('that is none at all is refused, and so is half of one', async () => {
    const whole = zipBytes([hello, other])
    expect(await problemOf(Buffer.alloc(0))).toBe('not-a-zip')
    expect(await problemOf(Buffer.from('%PDF-1.7 and so on, and so on'))).toBe('not-a-zip')
    for (let bytes = 0; bytes < whole.length; bytes++) {
      expect(await problemOf(whole.subarray(0, bytes))).not.toBe('none')
    }
  })

  it('that was changed anywhere is refused or reads as other files, whatever the change', async () => {
    const whole = zipBytes([hello, { ...other, isDeflated: true }])
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const bytes = Buffer.from(whole)
          for (const [at, value] of changes) bytes[at] = value
          // Anything but a refusal of ours is thrown by this.
          const problem = await problemOf(bytes)
          if (problem !== 'none') return
          const { files } = await readZip(bytes)
          for (const name of files.keys()) expect(name).toMatch(/^[A-Za-z0-9_./-]+$/)
        },
      ),
      { numRuns: 400 },
    )
  })
})
