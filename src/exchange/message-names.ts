/** Namespace of what the bus says in a Body of one-way messages, and is told of them. */
export const messageNamespace = 'urn:sluice:message:1'
