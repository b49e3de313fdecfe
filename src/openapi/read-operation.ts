import { child, textOf, type Node } from './contract-tree.js'
import type { HttpMethod, OpenApiOperation, OpenApiParameter } from './openapi-model.js'
import { segmentsOf, type Segment } from './path-template.js'
import { readBody, readResponses, type Reading } from './read-content.js'
import { readParameters } from './read-parameter.js'

const methods: readonly HttpMethod[] = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options']

/** The operations of a Path Item Object. */
export function readPathItem(reading: Reading, path: string, item: Node): OpenApiOperation[] {
  const { problems } = reading
  const segments = segmentsOf(path)
  if (segments === undefined) problems.add(item, 'unsupported', path)
  if (child(item, 'trace').value !== undefined) problems.add(item, 'unsupported', 'trace')
  return methods
    .map((method) => ({ method, node: child(item, method) }))
    .filter(({ node }) => node.value !== undefined)
    .map(({ method, node }) => {
      const parameters = readParameters(
        reading,
        child(item, 'parameters'),
        child(node, 'parameters'),
      )
      checkPathParameters(reading, node, segments ?? [], parameters)
      return {
        operationId: textOf(node, 'operationId') ?? derivedId(method, path),
        method,
        path,
        summary: textOf(node, 'summary') ?? '',
        parameters,
        requestBody: readBody(reading, child(node, 'requestBody')),
        responses: readResponses(reading, child(node, 'responses')),
      }
    })
}

function checkPathParameters(
  { problems }: Reading,
  operation: Node,
  segments: readonly Segment[],
  parameters: readonly OpenApiParameter[],
): void {
  const declared = parameters.filter(({ place }) => place === 'path').map(({ name }) => name)
  const used = segments.flatMap((segment) => ('parameter' in segment ? [segment.parameter] : []))
  for (const name of used) {
    if (!declared.includes(name)) problems.add(operation, 'missing', `in: path, name: ${name}`)
  }
  for (const name of declared) {
    if (!used.includes(name)) problems.add(operation, 'missing', `{${name}}`)
  }
  if (new Set(used).size < used.length) problems.add(operation, 'twice', 'path')
}

/** `get /voen/{fin}` is `getVoenFin`. */
function derivedId(method: string, path: string): string {
  const words = path.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
