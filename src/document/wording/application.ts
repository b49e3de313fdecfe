import { createHash } from 'node:crypto'
import type { Contact, ConnectionApplication } from '../../conformity/application.js'
import type { ApplicationContent, MissingDataContent } from '../document-content.js'
import type { Block, Field, Part } from '../pdf/block.js'
import { caseFields, column, field, millisText, objectWords, referenceText } from './words.js'

/** «müraciət»: clauses 5.1.5 and 6.1.1 of the statute. */
export function applicationBlocks(content: ApplicationContent): Block[] {
  const { application, object } = content
  const { azGenitive, en } = objectWords[object.kind]
  return [
    { type: 'fields', fields: caseFields(content) },
    {
      type: 'text',
      text: {
        az: `“Elektron hökumət” portalı haqqında Əsasnamənin 5.1.5-ci və 6.1.1-ci bəndlərinə əsasən, yuxarıda göstərilən ${azGenitive} “Elektron hökumət” şlüzünə qoşulmasını xahiş edirik. Texniki tələblərə uyğunluğa dair məlumatlar aşağıda təqdim olunur.`,
        en: `Under clauses 5.1.5 and 6.1.1 of the Statute of the “Electronic Government” portal we ask that the ${en} named above be connected to the “Electronic Government” gateway. The data on its conformity to the technical requirements are given below.`,
      },
    },
    {
      type: 'heading',
      text: { az: 'Uyğunluğa dair məlumatlar', en: 'Data on conformity' },
    },
    { type: 'fields', fields: [...statedFields(application), ...peopleFields(application)] },
    ...declarationBlocks(application),
  ]
}

function statedFields(application: ConnectionApplication): Field[] {
  const { contract, regulation, personalData, dataObjects, asksFor } = application
  const { duplicateReason, softwareStatement, securityStatement, hosting } = application
  return [
    field('Xidmətin təsviri (SHA-256)', 'Service contract (SHA-256)', codePart(contract)),
    field(
      'Sertifikat sorğusu (SHA-256)',
      'Certificate request (SHA-256)',
      digestPart(application.certificateRequest),
    ),
    field('İnzibati reqlament', 'Administrative regulation', ...regulationParts(regulation)),
    field('Təqdim etdiyi məlumat obyektləri', 'Data objects it gives', dataObjects.join(', ')),
    field('İstifadəçidən istədiyi məlumatlar', 'Data it asks its users for', asksFor.join(', ')),
    field('Təkrarlanmanın əsası', 'Reason for a duplicate', duplicateReason),
    field(
      'Fərdi məlumatlar',
      'Personal data',
      ...(personalData
        ? [personalData.purpose, personalData.categories.join('; '), personalData.legalBasis]
        : [{ az: 'Emal olunmur', en: 'None are processed' }]),
    ),
    field('Sertifikatlaşdırılmış proqram təminatı', 'Certified software', softwareStatement),
    field(
      'İnformasiya təhlükəsizliyi tədbirləri',
      'Measures of information security',
      securityStatement,
    ),
    field('Yerləşmə yeri', 'Hosting place', ...hostingParts(hosting)),
  ]
}

function regulationParts(regulation: ConnectionApplication['regulation']): Part[] {
  if (!regulation) return []
  const { title, reference, answerMsMax } = regulation
  const { az, en } = millisText(answerMsMax)
  return [title, reference, { az: `Cavab müddəti: ${az}`, en: `Time for an answer: ${en}` }]
}

function hostingParts(hosting: ConnectionApplication['hosting']): Part[] {
  if (!hosting) return []
  const places = {
    'data-centre': { az: 'Data mərkəzi', en: 'Data centre' },
    own: { az: 'Öz avadanlığı', en: 'Own premises' },
  }
  return [places[hosting.place], hosting.address]
}

function peopleFields({ responsible, technical, ownCheck }: ConnectionApplication): Field[] {
  return [
    field('Məsul şəxs', 'Responsible person', ...contactParts(responsible)),
    field('Texniki əlaqə şəxsi', 'Technical contact', ...contactParts(technical)),
    field(
      'Öz yoxlamasının nəticəsi (SHA-256)',
      'Result of its own check (SHA-256)',
      digestPart(ownCheck),
    ),
  ]
}

function contactParts(contact: Contact | undefined): Part[] {
  if (!contact) return []
  const { name, post, email, phone } = contact
  return [`${name}, ${post}`, `${email}, ${phone}`]
}

/** What the registry is to say, field by field. */
function declarationBlocks({ declaration }: ConnectionApplication): Block[] {
  const rows = Object.entries(declaration).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[[{ code: name }], [{ code: valueText(value) }]]],
  )
  if (rows.length === 0) return []
  return [
    {
      type: 'heading',
      text: { az: 'Reyestr üçün bəyan edilən məlumatlar', en: 'Declaration for the registry' },
    },
    {
      type: 'table',
      columns: [column('Sahə', 'Field', 0.3), column('Qiymət', 'Value', 0.7)],
      rows,
    },
  ]
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function codePart(code: string | undefined): Part | undefined {
  return code === undefined || code === '' ? undefined : { code }
}

function digestPart(text: string | undefined): Part | undefined {
  if (text === undefined) return undefined
  return { code: createHash('sha256').update(text).digest('hex') }
}

/** For which an application is returned: clause 5.1.5 of the statute. */
export function missingDataBlocks(content: MissingDataContent): Block[] {
  const { application, missing, remark } = content
  return [
    {
      type: 'fields',
      fields: [
        ...caseFields(content),
        field('Müraciət', 'Application', referenceText(application)),
      ],
    },
    {
      type: 'text',
      text: {
        az: '“Elektron hökumət” portalı haqqında Əsasnamənin 5.1.5-ci bəndində nəzərdə tutulmuş məlumatlar tam təqdim edilmədiyindən müraciət natamam olduğu üçün qaytarılır. Aşağıdakı məlumatlar əlavə edildikdən sonra müraciət yenidən təqdim oluna bilər.',
        en: 'The data that clause 5.1.5 of the Statute of the “Electronic Government” portal asks for were not given in full; the application is returned as incomplete. It may be submitted again once the data below are added.',
      },
    },
    {
      type: 'table',
      columns: [
        column('№', 'No.', 0.08),
        column('Çatışmayan məlumat', 'What is missing', 0.6),
        column('Müraciətdəki yeri', 'Place in the application', 0.32),
      ],
      rows: missing.map(({ pointer, text }, at) => [[String(at + 1)], [text], [{ code: pointer }]]),
    },
    ...remarkBlocks(remark),
  ]
}

/** What an officer adds in words of their own. */
export function remarkBlocks(remark: string | undefined): Block[] {
  if (remark === undefined || remark.trim() === '') return []
  return [
    { type: 'heading', text: { az: 'Qeyd', en: 'Note' } },
    { type: 'words', text: remark },
  ]
}
