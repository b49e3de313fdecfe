import { timeText } from '../../country-time.js'
import type { DocumentContent, Person } from '../document-content.js'
import type { DocumentHead } from '../document-data.js'
import type { Block } from '../pdf/block.js'
import { actOfConnectionBlocks, agreementAnnexBlocks, agreementBlocks } from './agreement.js'
import { applicationBlocks, missingDataBlocks } from './application.js'
import { checkProtocolBlocks } from './check.js'
import {
  improvementBlocks,
  justifiedDemandBlocks,
  negativeOpinionBlocks,
  opinionBlocks,
  refusalBlocks,
  securityOpinionBlocks,
} from './opinions.js'
import { capacityWords, column, field } from './words.js'

/** What a document says to people, below its title. */
export function documentBlocks(
  content: DocumentContent,
  { number, at, caseId }: DocumentHead,
): Block[] {
  return [
    {
      type: 'fields',
      fields: [
        field('Nömrə və vaxt (Bakı)', 'Number and time (Baku)', `№ ${number}, ${timeText(at)}`),
        ...(caseId === undefined ? [] : [field('İşin nömrəsi', 'Case number', { code: caseId })]),
      ],
    },
    ...contentBlocks(content),
  ]
}

function contentBlocks(content: DocumentContent): Block[] {
  switch (content.kind) {
    case 'application':
      return applicationBlocks(content)
    case 'missing-data':
      return missingDataBlocks(content)
    case 'check-protocol':
      return checkProtocolBlocks(content)
    case 'opinion':
      return opinionBlocks(content)
    case 'negative-opinion':
      return negativeOpinionBlocks(content)
    case 'justified-demand':
      return justifiedDemandBlocks(content)
    case 'improvement':
      return improvementBlocks(content)
    case 'refusal':
      return refusalBlocks(content)
    case 'security-opinion':
      return securityOpinionBlocks(content)
    case 'agreement':
      return agreementBlocks(content)
    case 'agreement-annex':
      return agreementAnnexBlocks(content)
    case 'act-of-connection':
      return actOfConnectionBlocks(content)
  }
}

/** Who signed, and how that is verified. */
export function signatureBlocks(
  { signedBy }: DocumentHead,
  {
    digest,
    signer,
  }: {
    readonly digest: string
    readonly signer: { readonly name: string; readonly serialNumber: string }
  },
): Block[] {
  return [
    { type: 'heading', text: { az: 'İmzalayan şəxslər', en: 'Signatories' } },
    signatoriesBlock(signedBy),
    { type: 'heading', keepPt: 90, text: { az: 'Elektron imza', en: 'Electronic signature' } },
    {
      type: 'fields',
      fields: [
        field('Sertifikat', 'Certificate', signer.name, { code: `№ ${signer.serialNumber}` }),
        field('Məlumatın heş qiyməti (SHA-256)', 'Digest of the data (SHA-256)', { code: digest }),
      ],
    },
    {
      type: 'note',
      text: {
        az: 'Bu sənəd yuxarıda göstərilən şəxslərin adından elektron qaydada tərtib edilib və şlüzün elektron imzası ilə imzalanıb. İmza bu faylın içindədir; faylda hər hansı dəyişiklik imzanı etibarsız edir.',
        en: 'This document was made electronically in the name of the persons above, and signed with the electronic signature of the gateway. The signature is within this file; any change of the file makes it invalid.',
      },
    },
  ]
}

function signatoriesBlock(signedBy: readonly Person[]): Block {
  return {
    type: 'table',
    columns: [
      column('Tərəf', 'Side', 0.26),
      column('Ad və soyad', 'Name', 0.34),
      column('Vəzifə', 'Post', 0.4),
    ],
    rows: signedBy.map(({ name, post, capacity }) => [
      [capacityWords[capacity]],
      [name],
      post === undefined ? [] : [post],
    ]),
  }
}
