import type { Channel, ChannelModel } from 'amqplib'
import { publisherLimits } from '../../src/limits/queues.js'

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
  #isClosed = false

  constructor(settings: KeptChannelSettings<Kind>) {
    this.#settings = settings
  }

  /** Undefined while there is none. */
  get current(): Kind | undefined {
    return this.#current
  }

  /** Opens it on a new connection. @throws what the broker says against it */
  async open(model: ChannelModel): Promise<void> {
    // A connection that was being made when everything was closed.
    if (this.#isClosed) return
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

  /**
   * The same, where the connection is of use without it: what the broker refuses is tried again until it is there.
   * @throws what became of the connection
   */
  async openOrLater(model: ChannelModel): Promise<void> {
    try {
      await this.open(model)
    } catch (error) {
      if (!isRefusal(error)) throw error
      this.#settings.warn('a channel could not be opened', { error: String(error) })
      this.#reopenLater()
    }
  }

  /** For good. */
  close(): void {
    this.#isClosed = true
    this.lost()
  }

  /** The connection is gone. */
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
      // Where the connection is gone, `lost` says so, or has said so.
      if (this.#model === model) this.openOrLater(model).catch(() => undefined)
    }, publisherLimits.reopenAfterMs)
  }
}

/** The broker closes a channel with a code of its own: no such queue, no right to it, in somebody's use, another kind. */
function isRefusal(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | undefined)?.code
  return code === 403 || code === 404 || code === 405 || code === 406
}
