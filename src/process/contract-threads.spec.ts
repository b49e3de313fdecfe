import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { messageContract, soapContract } from '../../test/support/contract-samples.js'
import { zipBytes } from '../../test/support/zip-bytes.js'
import { ContractReaderBusyError, readerInThisThread } from '../contract/contract-reader.js'
import type { RegistrationReading } from '../contract/register-contract.js'
import { ContractThreads } from './contract-threads.js'

const service = 'AZ/GOV/DIN/GCQ/yoxla/v1'
// A thread runs what was built.
const entry = pathToFileURL(join(import.meta.dirname, '../../dist/src/process/contract-thread.js'))
const threads = new ContractThreads({ entry })

function zipOf(files: Readonly<Record<string, string>>): Buffer {
  return zipBytes(
    Object.entries(files).map(([name, text]) => ({ name, content: Buffer.from(text) })),
  )
}

/** All of a reading, bytes as text. */
function said({ facts, flaws }: RegistrationReading): object {
  return { ...facts, flaws, files: facts && Buffer.from(facts.files).toString('base64') }
}

describe('contracts read in a thread of their own', () => {
  it('are read as in this one, flaws and all, and compared', async () => {
    const samples = [
      zipOf(messageContract({ service })),
      zipOf(soapContract({ service, settings: 'mapping: yoxdur' })),
      Buffer.from('no archive'),
    ]
    for (const sample of samples) {
      expect(said(await threads.read(sample))).toEqual(said(await readerInThisThread.read(sample)))
    }
    const filesOf = async (requestElements: string): Promise<Uint8Array> => {
      const { facts } = await threads.read(zipOf(soapContract({ service, requestElements })))
      return facts!.files
    }
    const [before, after] = [
      await filesOf(''),
      await filesOf('<xs:element name="Yeni" type="xs:int"/>'),
    ]
    const here = await readerInThisThread.breaks(before, after)
    expect(here).not.toEqual([])
    expect(await threads.breaks(before, after)).toEqual(here)
  })

  it('are given up at the end of their time, one after the other, and no more wait than may', async () => {
    const short = new ContractThreads({ entry, msMax: 1 })
    const sample = zipOf(messageContract({ service }))
    const [first, second, third] = await Promise.allSettled([
      short.read(sample),
      short.breaks(sample, sample),
      short.read(sample),
    ])
    expect(first).toMatchObject({
      value: { flaws: [{ problem: expect.stringContaining('too much') }] },
    })
    expect(second).toMatchObject({ value: [{ en: expect.stringContaining('too much') }] })
    expect(third).toMatchObject({ reason: expect.any(ContractReaderBusyError) })
    // What could not be read holds up nobody.
    expect(await short.read(sample)).toMatchObject({ flaws: [{}] })
  })
})
