import type { BilingualText } from '../../exchange/fault.js'

export interface AgreementSection {
  readonly title: BilingualText
  readonly clauses: readonly BilingualText[]
}

/** What the frame agreement says beside its parties and days; sections and clauses are numbered where they are written. */
export const agreementSections: readonly AgreementSection[] = [
  {
    title: { az: 'Müqavilənin predmeti', en: 'Subject of the agreement' },
    clauses: [
      {
        az: 'Bu Müqavilə “Elektron hökumət” portalı haqqında Əsasnamənin (bundan sonra – Əsasnamə) 6.4-cü bəndinə əsasən bağlanır və İştirakçının informasiya sistemlərinin, informasiya ehtiyatlarının və elektron xidmətlərinin “Elektron hökumət” şlüzünə (bundan sonra – şlüz) qoşulması və şlüz vasitəsilə məlumat mübadiləsi ilə bağlı Tərəflərin münasibətlərini tənzimləyir.',
        en: 'This Agreement is concluded under clause 6.4 of the Statute of the “Electronic Government” portal (the Statute). It governs the connection of the information systems, information resources and e-services of the Participant to the “Electronic Government” gateway (the gateway), and the exchange of data through it.',
      },
      {
        az: 'Qoşulan hər bir obyekt üzrə bu Müqaviləyə ayrıca əlavə tərtib olunur. Əlavələr Müqavilənin ayrılmaz hissəsidir.',
        en: 'For each connected object there is an annex to this Agreement. The annexes are an integral part of it.',
      },
    ],
  },
  {
    title: { az: 'Operatorun vəzifələri', en: 'Duties of the Operator' },
    clauses: [
      {
        az: 'Operator şlüzün fasiləsiz işləməsini təmin edir, profilaktik işlərin qrafikini İştirakçıya əvvəlcədən bildirir, qəza (xəta) baş verdikdə İştirakçını dərhal məlumatlandırır.',
        en: 'The Operator keeps the gateway working without interruption, tells the Participant the schedule of preventive works beforehand, and tells it of failures at once.',
      },
      {
        az: 'Operator şlüz vasitəsilə ötürülən məlumatların bütövlüyünü və dəyişdirilməməsini təmin edir, hər mübadilənin qeydiyyatını aparır və bunun sübutlarını İştirakçının tələbi ilə təqdim edir.',
        en: 'The Operator secures the integrity of the data carried through the gateway and that they are not altered, records each exchange, and gives the evidence of it when the Participant asks.',
      },
      {
        az: 'Operator qoşulan informasiya sistemlərini qeydiyyata alır, onları elektron imza sertifikatları ilə təmin edir, İştirakçıya metodiki və texniki kömək göstərir.',
        en: 'The Operator registers connected information systems, supplies them with e-signature certificates, and helps the Participant in method and technique.',
      },
    ],
  },
  {
    title: { az: 'İştirakçının vəzifələri', en: 'Duties of the Participant' },
    clauses: [
      {
        az: 'İştirakçı təqdim etdiyi məlumatların məzmununa, tamlığına və vaxtında təqdim olunmasına cavabdehdir, sorğuları inzibati reqlamentdə müəyyən edilmiş müddətdə cavablandırır.',
        en: 'The Participant answers for the content of the data that it gives, for their being complete and in time, and answers requests within the time of the administrative regulation.',
      },
      {
        az: 'İştirakçı qoşulmuş obyektlərin texniki tələblərə uyğunluğunu daim təmin edir, onlarda edilən dəyişiklikləri Operatora bildirir, texniki tələblərin yeni versiyası qüvvəyə mindikdə obyektləri müəyyən edilmiş müddətdə ona uyğunlaşdırır.',
        en: 'The Participant keeps its connected objects in conformity to the technical requirements, tells the Operator of changes to them, and brings them into line with a new version of the requirements within the time that is set.',
      },
      {
        az: 'İştirakçı profilaktik, təmir və sazlama işləri barədə Operatora onların başlanmasına ən azı iki gün qalmış məlumat verir.',
        en: 'The Participant tells the Operator of preventive works, repairs and adjustments at least two days before they begin.',
      },
      {
        az: 'İştirakçı məxfi açarların qorunmasına cavabdehdir, məsul şəxslərin siyahısını mütəmadi yeniləyir, nasazlıqlar barədə Operatora dərhal məlumat verir.',
        en: 'The Participant answers for keeping its private keys safe, keeps the list of its responsible persons current, and tells the Operator of faults at once.',
      },
    ],
  },
  {
    title: { az: 'Fərdi məlumatlar və təhlükəsizlik', en: 'Personal data and security' },
    clauses: [
      {
        az: 'Tərəflər fərdi məlumatları qanunla müəyyən edilmiş qaydada, yalnız göstərilmiş hüquqi əsas və məqsəd üçün emal edir və onların qorunmasını təmin edir.',
        en: 'The Parties process personal data as laid down by law, only for the stated legal basis and purpose, and protect them.',
      },
      {
        az: 'Dövlət sirri təşkil edən məlumatlar və məxfi sənədlər şlüz vasitəsilə ötürülmür.',
        en: 'State secrets and confidential documents are not carried through the gateway.',
      },
    ],
  },
  {
    title: { az: 'Tərəflərin məsuliyyəti', en: 'Liability of the Parties' },
    clauses: [
      {
        az: 'Məlumatların məzmununa görə onları təqdim edən Tərəf, ötürülmə zamanı bütövlüyünə görə Operator məsuliyyət daşıyır. Məsuliyyət şlüzün jurnalındakı imzalanmış qeydlər əsasında müəyyən edilir.',
        en: 'The Party that gives data is liable for their content, the Operator for their integrity while they are carried. Liability is settled by the signed records in the log of the gateway.',
      },
      {
        az: 'Obyekt texniki tələblərə uyğun olmadıqda və uyğunsuzluq müəyyən edilmiş müddətdə aradan qaldırılmadıqda, Operator onun şlüzdə fəaliyyətini dayandıra bilər.',
        en: 'Where an object does not conform to the technical requirements, and this is not remedied within the time that is set, the Operator may suspend it at the gateway.',
      },
    ],
  },
  {
    title: {
      az: 'Müqavilənin müddəti və dəyişdirilməsi',
      en: 'Term and amendment of the agreement',
    },
    clauses: [
      {
        az: 'Müqavilə yuxarıda göstərilən müddətdə qüvvədədir. Müddətin bitməsinə 30 gün qalmış Operator İştirakçını xəbərdar edir. Müddət bitdikdə və yeni müqavilə bağlanmadıqda, qoşulmuş obyektlərin fəaliyyəti dayandırılır.',
        en: 'The Agreement is in force for the term named above. The Operator warns the Participant 30 days before its end. When it has ended, and there is no new agreement, the connected objects are suspended.',
      },
      {
        az: 'Müqaviləyə dəyişikliklər və əlavələr yalnız yazılı formada, Tərəflərin razılığı ilə edilir. Elektron imza ilə imzalanmış sənəd kağız daşıyıcıdakı sənədlə bərabər hüquqi qüvvəyə malikdir.',
        en: 'The Agreement is amended in writing only, and with the consent of both Parties. A document signed electronically has the same legal force as one on paper.',
      },
    ],
  },
  {
    title: { az: 'Mübahisələrin həlli', en: 'Settlement of disputes' },
    clauses: [
      {
        az: 'Tərəflər arasında yaranan mübahisələr danışıqlar yolu ilə, razılıq əldə edilmədikdə isə Azərbaycan Respublikasının qanunvericiliyinə uyğun olaraq həll edilir.',
        en: 'Disputes between the Parties are settled by negotiation and, where there is no accord, under the legislation of the Republic of Azerbaijan.',
      },
      {
        az: 'Müqavilə Azərbaycan dilində tərtib edilib. İngilis dilindəki mətn məlumat xarakteri daşıyır.',
        en: 'The Agreement is made in Azerbaijani. The English text is for information.',
      },
    ],
  },
]
