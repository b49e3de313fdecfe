import { containerFilesMax, containerManifestBytesMax } from '../limits/evidence.js'
import type { XmlDocument, XmlElement } from '../xml/document.js'
import { readXml } from '../xml/read-xml.js'
import { XmlError } from '../xml/xml-error.js'
import { ContainerError } from './container-error.js'
import { isFileName } from './file-name.js'

/** What a seal covers (ETSI EN 319 162-1 §A.4): the files, each by name and digest. */
export interface Manifest {
  /** Name of the file that holds the signature over the manifest's own bytes. */
  readonly signature: string
  readonly files: readonly ManifestFile[]
}

export interface ManifestFile {
  readonly name: string
  /** Media type, for people and tools; nothing is decided by it. */
  readonly mediaType: string
  /** SHA-256 of the content. */
  readonly digest: Buffer
}

const asicNamespace = 'http://uri.etsi.org/02918/v1.2.1#'
const dsNamespace = 'http://www.w3.org/2000/09/xmldsig#'
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
const signatureType = 'application/pkcs7-signature'

/** Names and media types are ours and hold nothing that XML would have to escape. */
export function writeManifest({ signature, files }: Manifest): Buffer {
  const references = files.map(
    ({ name, mediaType, digest }) =>
      `  <asic:DataObjectReference URI="${name}" MimeType="${mediaType}">\n` +
      `    <ds:DigestMethod Algorithm="${sha256}"/>\n` +
      `    <ds:DigestValue>${digest.toString('base64')}</ds:DigestValue>\n` +
      '  </asic:DataObjectReference>\n',
  )
  return Buffer.from(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      `<asic:ASiCManifest xmlns:asic="${asicNamespace}" xmlns:ds="${dsNamespace}">\n` +
      `  <asic:SigReference URI="${signature}" MimeType="${signatureType}"/>\n` +
      `${references.join('')}</asic:ASiCManifest>\n`,
  )
}

/**
 * Reads a manifest as strictly as a signature: what the schema says, in its order, and nothing else, so that
 * no two readers find different files in it.
 * @throws ContainerError manifest-unreadable
 */
export function readManifest(bytes: Buffer, file: string): Manifest {
  if (bytes.length > containerManifestBytesMax)
    throw new ContainerError('manifest-unreadable', file)
  try {
    return readRoot(readXml(bytes))
  } catch (error) {
    if (error instanceof XmlError || error instanceof Unreadable) {
      throw new ContainerError('manifest-unreadable', file, { cause: error })
    }
    throw error
  }
}

/** What is no manifest of ours; told to nobody but the system log. */
class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

function readRoot(document: XmlDocument): Manifest {
  const { root } = document
  if (!document.is(root, asicNamespace, 'ASiCManifest')) throw new Unreadable('another root')
  const [reference, ...objects] = childrenOf(document, root)
  if (reference === undefined || !document.is(reference, asicNamespace, 'SigReference')) {
    throw new Unreadable('no SigReference')
  }
  if (childrenOf(document, reference).length > 0) throw new Unreadable('SigReference is not empty')
  if (objects.length === 0 || objects.length > containerFilesMax) throw new Unreadable('no files')
  return {
    signature: nameOf(document, reference),
    files: objects.map((object) => readObject(document, object)),
  }
}

function readObject(document: XmlDocument, object: XmlElement): ManifestFile {
  if (!document.is(object, asicNamespace, 'DataObjectReference')) throw new Unreadable('a stranger')
  const [method, value, ...others] = childrenOf(document, object)
  if (method === undefined || value === undefined || others.length > 0) {
    throw new Unreadable('not method and value')
  }
  const isSha256 =
    document.is(method, dsNamespace, 'DigestMethod') &&
    document.attribute(method, '', 'Algorithm') === sha256 &&
    childrenOf(document, method).length === 0
  if (!isSha256 || !document.is(value, dsNamespace, 'DigestValue')) throw new Unreadable('a digest')
  const text = document.text(value)
  const digest = Buffer.from(text, 'base64')
  if (digest.length !== 32 || digest.toString('base64') !== text) throw new Unreadable('no SHA-256')
  const mediaType = document.attribute(object, '', 'MimeType') ?? ''
  return { name: nameOf(document, object), mediaType, digest }
}

function childrenOf(document: XmlDocument, element: XmlElement): XmlElement[] {
  if (!document.hasOnlyElements(element)) throw new Unreadable('text beside elements')
  return [...document.children(element)]
}

/** No name of ours needs percent-encoding, so none is undone. */
function nameOf(document: XmlDocument, element: XmlElement): string {
  const name = document.attribute(element, '', 'URI') ?? ''
  if (!isFileName(name)) throw new Unreadable('a name')
  return name
}
