/** Trouble with the broker, in words for the person who runs the bus. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError'
}
