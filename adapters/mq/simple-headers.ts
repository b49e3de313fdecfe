/** A header's value that every client of the broker writes in the same way. */
export type HeaderValue = string | number | boolean

/**
 * The headers of a message that are text, finite number or boolean; tables, lists, times and bytes are left out.
 * @param table - as amqplib gives it; undefined where the message has none
 */
export function simpleHeaders(table: object | undefined): Record<string, HeaderValue> {
  // Names are the sender's: `__proto__` is one like any other here.
  const headers = Object.create(null) as Record<string, HeaderValue>
  if (!table) return headers
  for (const [name, value] of Object.entries(table) as [string, unknown][]) {
    // The broker would route by these (RabbitMQ, "Sender-selected Distribution").
    if (name === 'CC' || name === 'BCC') continue
    if (typeof value === 'string' || typeof value === 'boolean') headers[name] = value
    else if (typeof value === 'number' && Number.isFinite(value)) headers[name] = value
  }
  return headers
}

/** A property that has to be text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
