import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { mappingLimits } from '../limits.js'
import { noRefinement, readRefinement } from '../mediation/refinement.js'
import { soapShapesOf, type SoapShapes } from '../mediation/soap-shapes.js'
import { readWsdl } from '../wsdl/read-wsdl.js'
import type { WsdlOperation } from '../wsdl/wsdl-model.js'
import { UsageError } from './command-io.js'

/**
 * The messages of the SOAP service whose contract is in a folder.
 * @throws UsageError where the folder is none, or describes no SOAP service
 * @throws MappingError, WsdlError, SchemaError for what is wrong with its files
 */
export function shapesIn(folder: string): SoapShapes {
  const files = filesIn(folder)
  const settings = settingsIn(files, folder)
  const { description } = settings
  if (!description.endsWith('.wsdl')) {
    throw new UsageError(`${folder}: the service is not described by a WSDL`)
  }
  const operation = operationOf(readWsdl(files, description).operations, settings.operation, folder)
  const mapping = files.get('mapping.yaml')
  return soapShapesOf(operation, mapping === undefined ? noRefinement : readRefinement(mapping))
}

function filesIn(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  let bytes = 0
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      const name = path.slice(join(folder, '/').length).replaceAll('\\', '/')
      if (!entry.isFile() || name.startsWith('samples/')) continue
      const file = readFileSync(path)
      bytes += file.length
      if (bytes > mappingLimits.contractBytesMax) throw new Error('its files are too large')
      files.set(name, file)
    }
  } catch (error) {
    throw new UsageError(`${folder}: cannot be read (${(error as Error).message})`)
  }
  return files
}

function settingsIn(
  files: ReadonlyMap<string, Buffer>,
  folder: string,
): { readonly description: string; readonly operation: string | undefined } {
  const file = files.get('contract.yaml')
  if (file === undefined) throw new UsageError(`${folder}: there is no contract.yaml`)
  const document = parseDocument(file.toString('utf8'))
  const description = document.get('description')
  const operation = document.get('operation')
  if (document.errors.length > 0 || typeof description !== 'string' || !files.has(description)) {
    throw new UsageError(`${folder}: contract.yaml names no description that is there`)
  }
  return { description, operation: typeof operation === 'string' ? operation : undefined }
}

function operationOf(
  operations: readonly WsdlOperation[],
  name: string | undefined,
  folder: string,
): WsdlOperation {
  const [first, ...others] = operations
  const named = operations.find((each) => each.name === name)
  if (named !== undefined) return named
  if (first !== undefined && name === undefined && others.length === 0) return first
  throw new UsageError(`${folder}: contract.yaml names no operation of the WSDL`)
}
