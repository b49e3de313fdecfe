import { posix } from 'node:path'
import { wsdlBytesMax, wsdlFilesMax, wsdlLimits } from '../limits/contracts.js'
import type { XmlDocument, XmlElement } from '../xml/document.js'
import { readXml } from '../xml/read-xml.js'
import { placeOf, XmlError } from '../xml/xml-error.js'
import { wsdlNamespace } from './names.js'
import type { WsdlProblem } from './wsdl-error.js'

/** A WSDL document among the files of a contract. */
export interface WsdlDocument {
  readonly file: string
  readonly document: XmlDocument
  readonly targetNamespace: string
}

/** Reads an element's place, and notes what is wrong there, up to `problemsMax`. */
export class Problems {
  readonly found: WsdlProblem[] = []

  at({ file, document }: WsdlDocument, element: XmlElement, az: string, en: string): void {
    // Finding a line reads the file up to there.
    if (this.found.length >= wsdlLimits.problemsMax) return
    const { line } = placeOf(document.bytes, document.range(element).start)
    this.found.push({ file, line, text: { az, en } })
  }

  in(file: string, az: string, en: string, line = 0): void {
    if (this.found.length >= wsdlLimits.problemsMax) return
    this.found.push({ file, line, text: { az, en } })
  }
}

/**
 * A WSDL and every WSDL that it imports, each once. An import names a file beside it; nothing is fetched.
 * @param main - the file to begin with
 */
export function readDocuments(
  files: ReadonlyMap<string, Uint8Array>,
  main: string,
  problems: Problems,
): WsdlDocument[] {
  const read = new Map<string, WsdlDocument>()
  const named = new Set([main])
  // A set goes on to what is added while it is gone through.
  for (const file of named) {
    if (named.size > wsdlFilesMax) {
      problems.in(
        file,
        `WSDL fayllarının sayı ${wsdlFilesMax} həddini aşır`,
        `There are more than ${wsdlFilesMax} WSDL files`,
      )
      break
    }
    const document = readDocument(files, file, problems)
    if (document === undefined) continue
    read.set(file, document)
    for (const imported of importedBy(document, files, problems)) named.add(imported)
  }
  return [...read.values()]
}

function readDocument(
  files: ReadonlyMap<string, Uint8Array>,
  file: string,
  problems: Problems,
): WsdlDocument | undefined {
  const bytes = files.get(file)
  if (bytes === undefined) {
    problems.in(file, 'Fayl yoxdur', 'The file is not there')
    return undefined
  }
  if (bytes.length > wsdlBytesMax) {
    problems.in(file, 'WSDL həddən artıq böyükdür', 'The WSDL is too large')
    return undefined
  }
  try {
    const document = readXml(bytes)
    if (document.is(document.root, wsdlNamespace, 'definitions')) {
      const targetNamespace = document.attribute(document.root, '', 'targetNamespace') ?? ''
      return { file, document, targetNamespace }
    }
    problems.in(
      file,
      'Kök element WSDL 1.1 definitions deyil',
      'The root element is not definitions of WSDL 1.1',
      1,
    )
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    problems.in(
      file,
      `XML qəbul edilmir: ${error.reason}`,
      `The XML is not accepted: ${error.reason}`,
      error.line,
    )
  }
  return undefined
}

function importedBy(
  from: WsdlDocument,
  files: ReadonlyMap<string, Uint8Array>,
  problems: Problems,
): string[] {
  const imported: string[] = []
  const { document } = from
  for (const child of document.children(document.root)) {
    if (!document.is(child, wsdlNamespace, 'import')) continue
    const location = document.attribute(child, '', 'location') ?? ''
    const file = fileBeside(from.file, location, files)
    if (file !== undefined) imported.push(file)
    else {
      problems.at(
        from,
        child,
        'İdxal edilən WSDL faylı yoxdur; onu qovluğa əlavə edin',
        'The imported WSDL is not among the files; put it beside this one',
      )
    }
  }
  return imported
}

/** The file that a location means: a path from the file that names it, or the one file with the location's last name. */
function fileBeside(
  from: string,
  location: string,
  files: ReadonlyMap<string, Uint8Array>,
): string | undefined {
  const path = posix.normalize(posix.join(posix.dirname(from), location))
  if (files.has(path)) return path
  const last = location.slice(location.lastIndexOf('/') + 1)
  const named = [...files.keys()].filter((file) => posix.basename(file) === last)
  return named.length === 1 && last !== '' ? named[0] : undefined
}
