import { openContainer, type OpenedContainer } from '../asic-container.js'
import { ContainerError } from '../container-error.js'
import { indexFile, EvidenceIndexError, readIndex, type EvidenceIndex } from '../evidence-index.js'
import { Believed, type GivenTrust } from './believed.js'
import { readHalves } from './read-halves.js'
import { Findings, type EvidenceReport } from './report.js'
import { verifyMessages } from './verify-messages.js'
import { sealedData, verifySeal } from './verify-seal.js'
import { verifyTimestamps } from './verify-timestamps.js'
import { verifyTree } from './verify-tree.js'

/**
 * Checks a container with nothing but its bytes and whom the reader believes: no database, no network, no
 * clock but that of those who stamped it.
 * @param now - by which a seal without a timestamp is judged
 */
export async function verifyEvidence(
  bytes: Buffer,
  given: GivenTrust,
  now: Date,
): Promise<EvidenceReport> {
  const findings = new Findings()
  const container = await openedContainer(bytes, findings)
  const index = container && indexOf(container, findings)
  if (!container || !index) {
    findings.notChecked('seal', {
      en: 'Nothing else was checked: a container that is not what was sealed proves nothing.',
      az: 'Başqa heç nə yoxlanılmayıb: möhürləndiyi haldan fərqlənən konteyner heç nəyi sübut etmir.',
    })
    return findings.report(undefined)
  }
  const believed = new Believed(container.files, index, given)
  tellWhatIsBelieved(believed, given, findings)
  verifySeal(container, believed, now, findings)
  const halves = readHalves(container.files, index, findings)
  const checkpoint = verifyTree(container.files, index, halves, given, findings)
  const stampedAt = checkpoint && verifyTimestamps(checkpoint, container, index, believed, findings)
  verifyMessages(halves, believed, stampedAt, findings)
  return findings.report(index.exchangeId)
}

async function openedContainer(
  bytes: Buffer,
  findings: Findings,
): Promise<OpenedContainer | undefined> {
  try {
    const { container, defects } = await openContainer(bytes)
    // A list that is not the sealed one accuses the wrong files, so that is told first.
    if (defects.length > 0) sealedData(container, [], findings)
    for (const { text, file } of defects) findings.isFalse('container', text, file)
    if (defects.length > 0) return undefined
    findings.proved('container', {
      en: `The container is whole: each of its ${container.files.size} files is the one that its list names.`,
      az: `Konteyner tamdır: onun ${container.files.size} faylının hər biri siyahıda göstərilən fayldır.`,
    })
    return container
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error
    findings.isFalse('container', error.text, error.file)
    return undefined
  }
}

function indexOf({ files }: OpenedContainer, findings: Findings): EvidenceIndex | undefined {
  try {
    return readIndex(files.get(indexFile) ?? Buffer.alloc(0))
  } catch (error) {
    if (!(error instanceof EvidenceIndexError)) throw error
    findings.isFalse(
      'container',
      {
        en: 'The container does not say in a readable form what it holds.',
        az: 'Konteyner içində nə olduğunu oxuna bilən şəkildə göstərmir.',
      },
      indexFile,
    )
    return undefined
  }
}

function tellWhatIsBelieved(believed: Believed, given: GivenTrust, findings: Findings): void {
  if (!believed.hasOwnAnchors) {
    findings.notChecked('seal', {
      en: 'No trust anchors were given (--trust): certificates are judged only by those that the container itself holds. Whoever made the container chose them.',
      az: 'Etimad sertifikatları verilməyib (--trust): sertifikatlar yalnız konteynerin öz içindəkilərə görə yoxlanılır. Onları konteyneri hazırlayan seçib.',
    })
  }
  if (given.logKeys.length === 0) {
    findings.notChecked('checkpoint', {
      en: 'No key of the log was given (--log-key): the checkpoint is checked only by the key that the container itself holds.',
      az: 'Jurnalın açarı verilməyib (--log-key): nəzarət nöqtəsi yalnız konteynerin öz içindəki açarla yoxlanılır.',
    })
  }
}
