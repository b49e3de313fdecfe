import { describe, expect, it } from '@jest/globals'
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrokerError } from './broker-error.js'
import { findBrokerPrograms } from './broker-programs.js'

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-programs-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function program(folder: string, name: string): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, '#!/bin/sh\n')
  await chmod(file, 0o755)
  return file
}

describe('RabbitMQ on this machine', () => {
  it('is found on the path', () =>
    withFolder(async (folder) => {
      const server = await program(folder, 'rabbitmq-server')
      const epmd = await program(folder, 'epmd')
      expect(await findBrokerPrograms([folder], folder)).toMatchObject({ server, epmd })
    }))

  it('is not Debian’s wrapper, which works in a folder of its own', () =>
    withFolder(async (folder) => {
      await program(folder, 'epmd')
      await symlink(
        await program(folder, 'rabbitmq-script-wrapper'),
        join(folder, 'rabbitmq-server'),
      )
      await expect(findBrokerPrograms([folder], folder)).rejects.toThrow(BrokerError)
    }))

  it('is said to be missing in one sentence, with what to install', () =>
    withFolder(async (folder) => {
      await expect(findBrokerPrograms([folder], folder)).rejects.toThrow(
        /^There is no RabbitMQ on this machine: install it \("apt-get install rabbitmq-server" on Debian\), or name a broker of your own in AMQP_URL\.$/,
      )
    }))
})
