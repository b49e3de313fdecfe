import type { BilingualText } from '../../../exchange/fault.js'
import type { HttpRequestContent } from '../../../exchange/http-content.js'
import { requestMessage } from '../../../trust/http-signature/message.js'
import { readSignatures } from '../../../trust/http-signature/signature-fields.js'
import type { ExplainOptions } from '../options.js'
import type { Missing } from '../report.js'
import { trustText } from '../trust-text.js'

/** What has to be added to the command for a whole verdict. */
export function missingOf(
  { certificateFile, chain }: Pick<ExplainOptions, 'certificateFile' | 'chain'>,
  keyId: string | undefined,
): Missing[] {
  const missing: Missing[] = []
  if (certificateFile === undefined) missing.push({ option: '--cert', text: certText(keyId) })
  if (chain.trust.length === 0) missing.push({ option: '--trust', text: trustText })
  return missing
}

function certText(keyId: string | undefined): BilingualText {
  const named = keyId === undefined ? 'keyid' : `keyid ${keyId}`
  return {
    en: `Add the signer's certificate with --cert FILE: an HTTP message holds only its thumbprint (${named}).`,
    az: `İmzalayanın sertifikatını --cert FAYL ilə əlavə edin: HTTP sorğusunda yalnız sertifikatın barmaq izi olur (${named}).`,
  }
}

/** The thumbprint that a signature names as its certificate's. */
export function keyIdOf(
  content: HttpRequestContent,
  labelChosen: string | undefined,
): string | undefined {
  if (labelChosen === undefined) return undefined
  const signatures = readSignatures(requestMessage(content).fields)
  return signatures.find(({ label }) => label === labelChosen)?.keyId
}
