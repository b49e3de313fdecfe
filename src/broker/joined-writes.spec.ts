import { describe, expect, it } from '@jest/globals'
import { setImmediate as turn } from 'node:timers/promises'
import { Writable } from 'node:stream'
import { joinWrites } from './joined-writes.js'

/** What stands where amqplib has its socket: keeps what would go out with each system call. */
class Wire extends Writable {
  readonly sent: string[] = []

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.sent.push(chunk.toString())
    done()
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    this.sent.push(chunks.map(({ chunk }) => chunk.toString()).join(''))
    done()
  }
}

describe('joined writes', () => {
  it('send together what is written in one turn, and nothing later than with it', async () => {
    const stream = new Wire()
    joinWrites({ stream })
    for (const part of ['a', 'b', 'c']) stream.write(Buffer.from(part))
    await turn()
    expect(stream.sent).toEqual(['abc'])
    stream.write(Buffer.from('d'))
    await turn()
    expect(stream.sent).toEqual(['abc', 'd'])
  })

  it('keep nothing back from a connection that ends, and say when there is too much', async () => {
    const stream = new Wire({ highWaterMark: 2 })
    joinWrites({ stream })
    expect([stream.write(Buffer.from('a')), stream.write(Buffer.from('bc'))]).toEqual([true, false])
    stream.end()
    await turn()
    expect([stream.sent.join(''), stream.writableFinished]).toEqual(['abc', true])
  })

  it('are for the amqplib that they were written for', () => {
    expect(() => joinWrites({})).toThrow('amqplib sends otherwise than it did')
  })
})
