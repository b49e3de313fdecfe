import type { BilingualText } from '../../exchange/fault.js'
import type { FileCommandIo } from '../command-io.js'
import { readChainFile, readTrustFiles, type ChainFile } from '../trust-files.js'
import { judgeCertificate } from '../trust-verify-judge.js'
import { revocationBy } from '../trust-verify-options.js'
import { pathRemedy } from '../trust-verify-remedies.js'
import type { CheckedReceipt } from './check-receipt.js'
import type { ReceiptOptions } from './receipt-options.js'
import type { ReceiptStep } from './receipt-step.js'

/**
 * Whether the certificate leads to an accepted root, as of the time of the receipt: it is that time's rules, lists and
 * validity that say whether the bus's word counted.
 * @throws UsageError for files that cannot be read
 */
export async function checkChain(
  { certificateFiles, chain }: ReceiptOptions,
  checked: CheckedReceipt | undefined,
  io: FileCommandIo,
): Promise<ReceiptStep | undefined> {
  // Files are read even where they cannot be used: a wrong one is told now, not next time.
  const inputs = await readTrustFiles(chain, io)
  if (!checked) return undefined
  if (chain.trust.length === 0) return { name: 'chain', outcome: 'not checked', text: onYourWord }
  const others: ChainFile['others'][number][] = []
  for (const file of certificateFiles) others.push(...(await readChainFile(file, io)).others)
  const revocation = revocationBy(chain.crl)
  const { error } = judgeCertificate(
    { certificate: checked.certificate.certificate.der, others },
    inputs,
    { at: checked.receipt.recordedAt, revocation },
  )
  if (error) {
    const { en, az } = refused
    const text = { en: `${en} ${error.subject}: ${error.message}`, az }
    return { name: 'chain', outcome: 'wrong', text, remedy: pathRemedy(error.reason) }
  }
  return { name: 'chain', outcome: 'ok', text: revocation === 'crl' ? notRevoked : withoutLists }
}

const onYourWord: BilingualText = {
  en: "That the certificate is the bus's rests on who gave it to you: a root given with --trust would vouch for it.",
  az: 'Sertifikatın şlüzə aid olduğu onu verənin sözünə əsaslanır: --trust ilə göstərilən kök sertifikat buna zəmin durardı.',
}

const notRevoked: BilingualText = {
  en: 'The certificate leads to a root that you accept, and was not revoked then.',
  az: 'Sertifikat etibar etdiyiniz kök sertifikata aparır və həmin vaxt ləğv edilməmişdi.',
}

const withoutLists: BilingualText = {
  en: 'The certificate leads to a root that you accept. Revocation was not checked: give the lists of that time with --crl.',
  az: 'Sertifikat etibar etdiyiniz kök sertifikata aparır. Ləğv edilməsi yoxlanılmayıb: həmin vaxtın siyahılarını --crl ilə göstərin.',
}

const refused: BilingualText = {
  en: 'The certificate was not good then.',
  az: 'Sertifikat həmin vaxt etibarlı deyildi.',
}
