import type { Channel, ChannelModel } from 'amqplib'
import { publisherLimits } from '../../src/limits.js'

export interface KeptChannelSettings<Kind extends Channel> {
  /** Opens the channel with everything on it. */
  readonly create: (model: ChannelModel) => Promise<Kind>
  /** Told once the channel is of no use any more. */
  readonly onGone?: (() => void) | undefined
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/** A channel that is opened again where the broker closes it and leaves the connection as it is. */
export class KeptChannel<Kind extends Channel> {
  readonly #settings: KeptChannelSettings<Kind>
  #current: Kind | undefined
  #model: ChannelModel | undefined
  #reopening: NodeJS.Timeout | undefined

  constructor(settings: KeptChannelSettings<Kind>) {
    this.#settings = settings
  }

  /** Undefined while there is none. */
  get current(): Kind | undefined {
    return this.#current
  }

  /** Opens it on a new connection. @throws what the broker says against it */
  async open(model: ChannelModel): Promise<void> {
    this.#model = model
    const channel = await this.#settings.create(model)
    channel.on('error', (error: Error) =>
      this.#settings.warn('the broker closed a channel', { error: error.message }),
    )
    channel.on('close', () => {
      if (this.#current !== channel) return
      this.#gone()
      this.#reopenLater()
    })
    this.#current = channel
  }

  /** The same, where the connection is of use without it: it is tried again until it is there. */
  async openOrLater(model: ChannelModel): Promise<void> {
    try {
      await this.open(model)
    } catch (error) {
      this.#settings.warn('a channel could not be opened', { error: String(error) })
      this.#reopenLater()
    }
  }

  /** The connection is gone, or is to be. */
  lost(): void {
    clearTimeout(this.#reopening)
    this.#model = undefined
    if (this.#current) this.#gone()
  }

  #gone(): void {
    this.#current = undefined
    this.#settings.onGone?.()
  }

  #reopenLater(): void {
    const model = this.#model
    if (!model) return
    clearTimeout(this.#reopening)
    this.#reopening = setTimeout(() => {
      if (this.#model === model) void this.openOrLater(model)
    }, publisherLimits.reopenAfterMs)
  }
}
