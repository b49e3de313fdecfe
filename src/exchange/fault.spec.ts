import { describe, expect, it } from '@jest/globals'
import { Fault, toFault, type FaultCode } from './fault.js'
import { faultTexts } from './fault-text.js'

/** Requirements 3.5; there the places are {vaxt} and {sahə}, and the English of REQUEST_INVALID has none. */
const wording: readonly (readonly [code: FaultCode, az: string, en: string])[] = [
  ['SIGNATURE_MISSING', 'Sorğu imzalanmayıb', 'Request not signed'],
  ['SIGNATURE_INVALID', 'İmza etibarsızdır: məlumat dəyişdirilmiş ola bilər', 'Signature invalid'],
  ['CERT_UNKNOWN', 'Sertifikat tanınmır', 'Certificate unknown'],
  ['CERT_EXPIRED', 'Sertifikatın müddəti bitib', 'Certificate expired'],
  ['CERT_REVOKED', 'Sertifikat ləğv edilib', 'Certificate revoked'],
  [
    'CERT_SENDER_MISMATCH',
    'Sertifikat göndərən sistemə aid deyil',
    'Certificate belongs to another system',
  ],
  [
    'ALGORITHM_FORBIDDEN',
    'Kriptoqrafik alqoritmdən istifadəyə icazə verilmir',
    'Algorithm not allowed',
  ],
  ['CLOCK_SKEW', 'Sorğunun vaxtı yol verilən həddən artıq fərqlənir', 'Clock difference too large'],
  ['ZONE_FORBIDDEN', 'Bu şəbəkədən müraciətə icazə verilmir', 'Network zone not allowed'],
  ['MEMBER_SUSPENDED', 'İştirakçının fəaliyyəti dayandırılıb', 'Participant suspended'],
  ['TARGET_UNREGISTERED', 'Xidmət reyestrdə qeydiyyata alınmayıb', 'Service not registered'],
  ['TARGET_SUSPENDED', 'Xidmət dayandırılıb', 'Service suspended'],
  ['TARGET_LIQUIDATED', 'İnformasiya sistemi ləğv edilib', 'System liquidated'],
  [
    'IN_MAINTENANCE',
    'Texniki iş aparılır. Planlaşdırılan bitmə vaxtı: {time}',
    'Maintenance until {time}',
  ],
  ['DOMAIN_MISMATCH', 'Xidmət bu mübadilə sahəsinə aid deyil', 'Other exchange domain'],
  ['DOMAIN_SUSPENDED', 'Mübadilə sahəsinin fəaliyyəti dayandırılıb', 'Domain suspended'],
  [
    'CLASSIFICATION_FORBIDDEN',
    'Məxfi məlumatların ötürülməsinə yol verilmir',
    'Classified data not accepted',
  ],
  ['ACCESS_DENIED', 'Bu xidmət üzrə giriş icazəsi yoxdur', 'No access grant'],
  [
    'LEGAL_BASIS_REQUIRED',
    'Hüquqi əsas və işin nömrəsi göstərilməlidir',
    'Legal basis and case number required',
  ],
  ['ASSERTION_INVALID', 'İstifadəçinin autentifikasiyası təsdiqlənmədi', 'User assertion invalid'],
  [
    'ASSURANCE_TOO_LOW',
    'Bu xidmət üçün elektron imza ilə daxil olmaq tələb olunur',
    'Stronger authentication needed',
  ],
  ['NOT_DATA_SUBJECT', 'Yalnız özünüzə aid məlumatları əldə edə bilərsiniz', 'Only own data'],
  [
    'REQUEST_INVALID',
    'Sorğu xidmətin təsvirinə uyğun deyil: {field}',
    'Request breaks the contract: {field}',
  ],
  ['RESPONSE_INVALID', 'Cavab xidmətin təsvirinə uyğun deyil', 'Answer breaks the contract'],
  [
    'RESPONSE_SUBJECT_MISMATCH',
    'Cavab sorğu edilən şəxsə aid deyil',
    'Answer about another person',
  ],
  ['MAPPING_FAILED', 'Mesajın formatını çevirmək mümkün olmadı', 'Conversion failed'],
  ['DUPLICATE_MESSAGE', 'Bu identifikatorlu mesaj artıq qəbul edilib', 'Message id already used'],
  ['PROVIDER_UNAVAILABLE', 'Xidmət təchizatçısının sistemi əlçatan deyil', 'Provider unavailable'],
  ['PROVIDER_TIMEOUT', 'Cavab müəyyən edilmiş müddətdə alınmadı', 'Provider timed out'],
  ['PROVIDER_FAULT', 'Xidmət təchizatçısının sistemi xəta qaytardı', 'Provider fault'],
  ['THROTTLED', 'Sorğuların sayı icazə verilən həddi aşıb', 'Too many requests'],
  ['PAYLOAD_TOO_LARGE', 'Mesajın həcmi icazə verilən həddi aşıb', 'Message too large'],
  ['PAYLOAD_UNSAFE', 'Mesajın quruluşu təhlükəsizlik tələblərinə cavab vermir', 'Unsafe message'],
  ['AUDIT_UNAVAILABLE', 'Jurnal əlçatan olmadığı üçün mübadilə aparılmır', 'Journal unavailable'],
  // Ours, for what nobody foresaw.
  ['INTERNAL_ERROR', 'Şlüzdə daxili xəta baş verib', 'Internal error of the bus'],
]

const codes = Object.keys(faultTexts) as FaultCode[]

describe('the closed list of faults (requirements 3.5)', () => {
  it('has every code of the list, and the one that the bus itself needs', () => {
    expect([...codes].sort()).toEqual(wording.map(([code]) => code).sort())
  })

  it.each(wording)('%s says what the requirements say, letter for letter', (code, az, en) => {
    expect(faultTexts[code]).toMatchObject({ az, en })
  })

  it.each(codes)('%s has text and remedy in both languages, and they differ', (code) => {
    const fault = new Fault(code)
    for (const { az, en } of [fault.text, fault.remedy]) {
      expect(az.length).toBeGreaterThan(5)
      expect(en.length).toBeGreaterThan(5)
      expect(az).not.toBe(en)
      expect(az).toBe(az.normalize('NFC'))
    }
    expect(['consumer', 'bus', 'provider']).toContain(fault.side)
  })

  it.each(codes)('%s leaves no placeholder unfilled', (code) => {
    const details = { field: 'X-Road-Id', until: new Date('2013-02-05T14:30:00Z') }
    for (const { az, en } of [new Fault(code).text, new Fault(code, details).text]) {
      expect(az + en).not.toMatch(/[{}]/)
    }
  })
})

describe('what a fault says', () => {
  it('REQUEST_INVALID names the field', () => {
    const { az, en } = new Fault('REQUEST_INVALID', { field: 'X-Road-Id' }).text
    expect(az).toBe('Sorğu xidmətin təsvirinə uyğun deyil: X-Road-Id')
    expect(en).toBe('Request breaks the contract: X-Road-Id')
  })

  it('IN_MAINTENANCE names the planned end, day first, with the zone', () => {
    const until = new Date('2013-02-05T04:03:59Z')
    expect(new Fault('IN_MAINTENANCE', { until }).text.az).toContain('05.02.2013 04:03 UTC')
  })

  it('a field may hold what a replacement pattern would read', () => {
    const { en } = new Fault('REQUEST_INVALID', { field: "$&$'" }).text
    expect(en).toBe("Request breaks the contract: $&$'")
  })

  it('the side that has to act may differ from the usual one, and so does the remedy', () => {
    const usual = new Fault('SIGNATURE_INVALID')
    const provider = new Fault('SIGNATURE_INVALID', { side: 'provider' })
    const bus = new Fault('CERT_UNKNOWN', { side: 'bus' })
    expect(usual.side).toBe('consumer')
    expect(provider.remedy).not.toEqual(usual.remedy)
    expect(provider.remedy.en).toContain('provider')
    expect(bus.remedy.en).toContain('operator')
    expect(provider.text).toEqual(usual.text)
  })

  it('an overload asks for patience, whoever is overloaded', () => {
    for (const side of ['bus', 'provider'] as const) {
      expect(new Fault('THROTTLED', { side }).remedy.en).toBe('Try again later.')
    }
  })

  it('where the answer is at fault, the text does not speak of the request', () => {
    expect(new Fault('SIGNATURE_MISSING', { side: 'provider' }).text.az).toBe('Cavab imzalanmayıb')
    expect(new Fault('CLOCK_SKEW', { side: 'provider' }).text.az).toMatch(/^Cavabın vaxtı/)
  })
})

describe('any error becomes a fault', () => {
  it('a fault stays itself', () => {
    const fault = new Fault('ACCESS_DENIED')
    expect(toFault(fault)).toBe(fault)
  })

  it.each([new Error('password=1'), 'text', undefined, null])('%p is mute outside', (error) => {
    const fault = toFault(error)
    expect(fault).toMatchObject({ code: 'INTERNAL_ERROR', side: 'bus', cause: error })
    expect(fault.detail).toBeUndefined()
    expect(JSON.stringify([fault.message, fault.text, fault.remedy])).not.toContain('password')
  })
})
