import type { ChannelModel, ConfirmChannel, GetMessage, Options } from 'amqplib'
import { letterLimits } from '../limits/queues.js'
import { readLetter, type Letter } from './letter.js'

/** A letter that is in hand: nobody else sees it until the box is closed. */
export interface HeldLetter {
  readonly letter: Letter
  readonly message: GetMessage
}

/** A letter that cannot be given back; the message says why. */
export class LetterError extends Error {
  override readonly name = 'LetterError'
}

/**
 * One queue of letters, opened. The broker shows nothing without handing it out, so what was looked at goes back in its
 * order when the box is closed, also where this process ends before that.
 */
export class LetterBox {
  readonly #channel: ConfirmChannel
  readonly #queue: string

  private constructor(channel: ConfirmChannel, queue: string) {
    this.#channel = channel
    this.#queue = queue
  }

  static async open(model: ChannelModel, queue: string): Promise<LetterBox> {
    const channel = await model.createConfirmChannel()
    // Whoever waits for something is told.
    channel.on('error', () => undefined)
    return new LetterBox(channel, queue)
  }

  /** The oldest letters. @throws Error where there is no such queue */
  async list(max: number): Promise<Letter[]> {
    const letters: Letter[] = []
    while (letters.length < max) {
      const message = await this.#next()
      if (!message) break
      letters.push(readLetter(message))
    }
    return letters
  }

  /** @returns undefined where it is not among those that are looked through */
  async find(id: string): Promise<HeldLetter | undefined> {
    for (let seen = 0; seen < letterLimits.lookedThroughMax; seen += 1) {
      const message = await this.#next()
      if (!message) return undefined
      const letter = readLetter(message)
      if (letter.id === id) return { letter, message }
    }
    return undefined
  }

  /**
   * Publishes it where it was published before; then it is no letter any more.
   * @throws LetterError
   */
  async giveBack(held: HeldLetter): Promise<void> {
    const { exchange, routingKey, canGoBack, told } = held.letter
    if (told !== undefined)
      throw new LetterError(`its sender was told ${told}; let it send it again`)
    if (!canGoBack) throw new LetterError('it is not whole, or no queue takes it')
    const returned: unknown[] = []
    this.#channel.on('return', (message) => returned.push(message))
    const { content } = held.message
    this.#channel.publish(exchange, routingKey, content, optionsOf(held))
    // The broker returns what no queue takes before it confirms it.
    await this.#channel.waitForConfirms()
    if (returned.length > 0) throw new LetterError('there is no such queue any more')
    this.drop(held)
  }

  /** Takes it out of the queue. */
  drop({ message }: HeldLetter): void {
    this.#channel.ack(message)
  }

  /** Resolves when the broker has done all that was asked of it. */
  async close(): Promise<void> {
    await this.#channel.close()
  }

  async #next(): Promise<GetMessage | undefined> {
    return (await this.#channel.get(this.#queue)) || undefined
  }
}

const exchangeIdHeader = 'sluice-exchange-id'

/** As it was before it became a letter. */
function optionsOf({ letter, message }: HeldLetter): Options.Publish {
  const { contentType, correlationId, replyTo, type } = message.properties as Options.Publish
  // Of a message that a subsystem published the bus has added this one, and takes no header that it does not know.
  const isOfBus = letter.exchange === ''
  const headers = Object.fromEntries(
    Object.entries(letter.headers).filter(([name]) => isOfBus || name !== exchangeIdHeader),
  )
  const { messageId } = letter
  return {
    ...{ headers, persistent: true, mandatory: true },
    ...(messageId !== undefined && { messageId }),
    ...(contentType !== undefined && { contentType }),
    ...(correlationId !== undefined && { correlationId }),
    ...(replyTo !== undefined && { replyTo }),
    ...(type !== undefined && { type }),
  }
}
