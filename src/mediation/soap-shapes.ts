import type { WsdlMessage, WsdlOperation } from '../wsdl/wsdl-model.js'
import type { ElementDeclaration } from '../xsd/schema-model.js'
import { fileFaceOf, type FileFace, type FileForm } from './file-face.js'
import { isOfBus } from './header-blocks.js'
import { MappingError, problem, type MappingProblem } from './mapping-problem.js'
import { refinedShape } from './refine-shape.js'
import type { Refinement, Rule } from './refinement.js'
import type { ElementProperty } from './shape.js'

/** The messages of a SOAP operation as a REST consumer sees them. */
export interface SoapShapes {
  readonly request: ElementProperty
  /** Undefined for a one-way operation. */
  readonly reply: ElementProperty | undefined
  readonly faults: readonly BusinessFault[]
  /** Files of the request, and of the reply. */
  readonly files: { readonly request: FileFace; readonly reply: FileFace }
}

/** A failure that the contract declares. */
export interface BusinessFault {
  /** As the WSDL names it. */
  readonly name: string
  /** HTTP status, 4xx. */
  readonly status: number
  /** Of the child of `detail`. */
  readonly shape: ElementProperty
}

/**
 * Derives and refines the shapes of an operation.
 * @throws MappingError with all that is wrong with all of them; paths begin with `request`, `reply` or `faults/NAME`
 */
export function soapShapesOf(
  operation: WsdlOperation,
  refinement: Refinement,
  form: FileForm = 'none',
): SoapShapes {
  const problems: MappingProblem[] = []
  const { names } = refinement
  const shapeOf = (
    part: string,
    element: ElementDeclaration,
    rules: readonly Rule[],
    mayIgnore: boolean,
  ): ElementProperty | undefined => {
    try {
      return refinedShape(element, { names, rules, mayIgnore })
    } catch (error) {
      if (!(error instanceof MappingError)) throw error
      for (const each of error.problems) problems.push({ ...each, path: `${part}${each.path}` })
      return undefined
    }
  }
  const { input, output } = operation
  const request = shapeOf('request', input.body, refinement.request, false)
  const reply = output && shapeOf('reply', output.body, refinement.reply, true)
  const faults: BusinessFault[] = []
  for (const { name, element } of operation.faults) {
    const said = refinement.faults.find(({ fault }) => fault === name)
    const shape = shapeOf(`faults/${name}`, element, said?.rules ?? [], true)
    if (shape !== undefined) faults.push({ name, status: said?.status ?? 422, shape })
  }
  checkFaults(operation, refinement, problems)
  const files = {
    request: faceOf('request', request, input, form, problems),
    reply: faceOf('reply', reply, output, form, problems),
  }
  if (problems.length > 0 || request === undefined) throw new MappingError(problems)
  return { request, reply, faults, files }
}

/** What a message has beside its Body's element. */
function faceOf(
  part: string,
  shape: ElementProperty | undefined,
  message: WsdlMessage | undefined,
  form: FileForm,
  problems: MappingProblem[],
): FileFace {
  if (message !== undefined) checkHeaders(part, message, problems)
  if (shape === undefined || message === undefined) return { form, parts: [], places: [] }
  const found: MappingProblem[] = []
  const face = fileFaceOf(shape, message.attachments, form, found)
  for (const each of found) problems.push({ ...each, path: `${part}${each.path}` })
  return face
}

/** Header blocks: JSON has no place for them. */
function checkHeaders(part: string, message: WsdlMessage, problems: MappingProblem[]): void {
  for (const name of message.headers) {
    if (isOfBus(name)) continue
    problems.push({ path: `${part}/`, ...problem('header', name.localName) })
  }
}

/** Rules for failures that there are not. */
function checkFaults(
  operation: WsdlOperation,
  refinement: Refinement,
  problems: MappingProblem[],
): void {
  for (const { fault } of refinement.faults) {
    if (operation.faults.some(({ name }) => name === fault)) continue
    problems.push({ path: `faults/${fault}`, ...problem('noSuchPath', fault) })
  }
}
