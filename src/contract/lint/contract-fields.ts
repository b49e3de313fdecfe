import type { ServiceContract } from '../load-contract.js'
import type { Field } from './field.js'
import { fieldsOfMessages, fieldsOfOperation } from './json-fields.js'
import { fieldsOfElement } from './xsd-fields.js'

/** The fields of all messages of a contract. */
export function fieldsOf({ description }: Pick<ServiceContract, 'description'>): Field[] {
  if (description.protocol === 'rest') {
    const { operations, definitions } = description.openApi
    return operations.flatMap((operation) => fieldsOfOperation(operation, definitions))
  }
  if (description.protocol === 'messages') return fieldsOfMessages(description.messages)
  const { input, output, faults } = description.operation
  return [
    ...fieldsOfElement('request', input.body),
    ...(output ? fieldsOfElement('reply', output.body) : []),
    ...faults.flatMap(({ element }) => fieldsOfElement('fault', element)),
  ]
}
