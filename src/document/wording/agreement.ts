import { dayText, timeText } from '../../country-time.js'
import type {
  ActOfConnectionContent,
  AgreementAnnexContent,
  AgreementContent,
} from '../document-content.js'
import type { Block, Field } from '../pdf/block.js'
import { agreementSections } from './agreement-clauses.js'
import { caseFields, field, objectWords, partyParts, referenceText } from './words.js'

/** «müqavilə»: clause 6.4 of the statute. */
export function agreementBlocks(content: AgreementContent): Block[] {
  return [
    { type: 'fields', fields: agreementFields(content) },
    {
      type: 'text',
      text: {
        az: 'Yuxarıda göstərilən Operator və İştirakçı (bundan sonra – Tərəflər) aşağıdakılar barədə razılığa gəlirlər.',
        en: 'The Operator and the Participant named above (the Parties) agree on the following.',
      },
    },
    ...agreementSections.flatMap(({ title, clauses }, section): Block[] => [
      {
        type: 'heading',
        text: { az: `${section + 1}. ${title.az}`, en: `${section + 1}. ${title.en}` },
      },
      ...clauses.map(({ az, en }, clause): Block => {
        const number = `${section + 1}.${clause + 1}.`
        return { type: 'text', text: { az: `${number} ${az}`, en: `${number} ${en}` } }
      }),
    ]),
  ]
}

function agreementFields(content: AgreementContent): Field[] {
  const { operator, participant, requirementSet, inForceFrom, inForceUntil, rulesOfUse } = content
  return [
    field('Operator', 'Operator', ...partyParts(operator)),
    field('İştirakçı', 'Participant', ...partyParts(participant)),
    field('Qüvvəyə minmə tarixi', 'In force from', dayText(inForceFrom)),
    field('Bitmə tarixi', 'Last day in force', dayText(new Date(inForceUntil.getTime() - 1))),
    field(
      'Texniki tələblərin versiyası',
      'Version of the technical requirements',
      String(requirementSet),
    ),
    ...(rulesOfUse === undefined
      ? []
      : [
          field(
            'İstifadə qaydalarının versiyası',
            'Version of the rules of use',
            String(rulesOfUse),
          ),
        ]),
  ]
}

/** «əlavə»: one connected object. */
export function agreementAnnexBlocks(content: AgreementAnnexContent): Block[] {
  const { agreement, opinion, requirementSet, inForceFrom, object } = content
  const { azGenitive, en } = objectWords[object.kind]
  return [
    {
      type: 'fields',
      fields: [
        field('Müqavilə', 'Agreement', referenceText(agreement)),
        ...caseFields(content),
        field('Müsbət rəy', 'Positive opinion', referenceText(opinion)),
        field(
          'Texniki tələblərin versiyası',
          'Version of the technical requirements',
          String(requirementSet),
        ),
        field('Qüvvəyə minmə tarixi', 'In force from', dayText(inForceFrom)),
      ],
    },
    {
      type: 'text',
      text: {
        az: `Tərəflər razılığa gəlirlər ki, yuxarıda göstərilən ${azGenitive} “Elektron hökumət” şlüzünə qoşulmasına Müqavilənin şərtləri tətbiq olunur. Qoşulma operatorun müsbət rəyi və göstərilən versiyadakı texniki tələblər əsasında aparılır.`,
        en: `The Parties agree that the terms of the Agreement apply to the connection of the ${en} named above to the “Electronic Government” gateway. It is connected on the basis of the operator’s positive opinion and of the technical requirements in the version named.`,
      },
    },
    {
      type: 'text',
      text: {
        az: 'Bu əlavə Müqavilənin ayrılmaz hissəsidir və Müqavilənin müddəti bitdikdə qüvvədən düşür.',
        en: 'This annex is an integral part of the Agreement, and ends with it.',
      },
    },
  ]
}

/** «qoşulma aktı»: clauses 4.1.8 and 6.1.3 of the statute. */
export function actOfConnectionBlocks(content: ActOfConnectionContent): Block[] {
  const { opinion, annex, registeredAt, connectedAt, certificate, object } = content
  const { azGenitive, en } = objectWords[object.kind]
  return [
    {
      type: 'fields',
      fields: [
        ...caseFields(content),
        field('Müsbət rəy', 'Positive opinion', referenceText(opinion)),
        field('Müqaviləyə əlavə', 'Annex to the agreement', referenceText(annex)),
        field('Qeydiyyata alınma vaxtı (Bakı)', 'Registered at (Baku)', timeText(registeredAt)),
        field('Qoşulma vaxtı (Bakı)', 'Connected at (Baku)', timeText(connectedAt)),
        ...(certificate
          ? [
              field('Sertifikatın seriya nömrəsi', 'Certificate serial number', certificate.serial),
              field('Sertifikatı verən', 'Certificate issued by', certificate.issuer),
              field(
                'Sertifikatın müddəti',
                'Certificate valid',
                `${dayText(certificate.notBefore)} – ${dayText(certificate.notAfter)}`,
              ),
            ]
          : []),
      ],
    },
    {
      type: 'text',
      text: {
        az: `“Elektron hökumət” portalı haqqında Əsasnamənin 4.1.8-ci və 6.1.3-cü bəndlərinə əsasən, bu akt yuxarıda göstərilən ${azGenitive} qeydiyyata alındığını və “Elektron hökumət” şlüzünə qoşulduğunu təsdiq edir. Qoşulma anından etibarən obyekt barədə məlumatlar xidmətlər kataloqunda yerləşdirilir.`,
        en: `Under clauses 4.1.8 and 6.1.3 of the Statute of the “Electronic Government” portal this act confirms that the ${en} named above is registered, and is connected to the “Electronic Government” gateway. From the moment of connection it is shown in the service catalogue.`,
      },
    },
  ]
}
