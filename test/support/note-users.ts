import type { TestConsumer } from './whole-bus-consumer.js'
import type { TestQueueSystem } from './whole-bus-queues.js'
import type { TestSoapConsumer } from './whole-bus-soap.js'

/** What a consumer asks with, on each lane; the namespace of each service's elements. */
export interface NoteLanes {
  readonly rest: TestConsumer
  readonly soap: TestSoapConsumer
  readonly queue: TestQueueSystem
  readonly namespaces: Readonly<Record<string, string>>
}

interface Note {
  readonly mesaj: string
  readonly say: string
}

/** Sends a note on behalf of a user; resolves with the code of its refusal, if it is refused. */
type AskAsUser = (service: string, note: Note, user: object) => Promise<string | undefined>

/** By lane. */
export const askAsUser = {
  REST: ({ rest }: NoteLanes): AskAsUser => {
    return async (service, note, sub) => {
      const headers = { 'Content-Type': 'application/json', 'Sluice-Mode': 'user' }
      const payload = JSON.stringify(note)
      return (await rest.call({ service, headers, payload, assertion: { claims: { sub } } })).fault
    }
  },
  SOAP: ({ soap, namespaces }: NoteLanes): AskAsUser => {
    return async (service, { mesaj, say }, user) => {
      const fields = `<q:mesaj>${mesaj}</q:mesaj><q:say>${say}</q:say>`
      const body = `<q:qeyd xmlns:q="${namespaces[service] ?? ''}">${fields}</q:qeyd>`
      return (await soap.call({ service, body, user })).fault
    }
  },
  MQ: ({ queue }: NoteLanes): AskAsUser => {
    return async (service, note, user) => {
      const { kind, payload } = await queue.ask(service, JSON.stringify(note), { user })
      if (kind !== 'fault') return undefined
      return (JSON.parse(payload.toString()) as { code: string }).code
    }
  },
}
