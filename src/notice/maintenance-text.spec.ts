import { describe, expect, it } from '@jest/globals'
import { noticeText } from './notice.js'

describe('notices of works and of faulty services', () => {
  const data = {
    ...{ target: 'AZ/GOV/VN/VERGI', worksAz: 'Baza yenilənir', worksEn: 'Upgrade' },
    ...{ from: '2026-12-01T18:00:00.000Z', until: '2026-12-01T22:00:00.000Z' },
  }

  it('say what is closed, when, why, and whether that is late', () => {
    const late = { ...data, lateHours: 48 }
    expect(noticeText({ kind: 'maintenance.planned', subject: '1', data: late })).toEqual({
      az: 'AZ/GOV/VN/VERGI: texniki iş aparılacaq, 01.12.2026 18:00 UTC – 01.12.2026 22:00 UTC (Baza yenilənir). Bildiriş iki gündən az müddət qalmış təqdim edilib.',
      en: 'AZ/GOV/VN/VERGI: maintenance is planned, 01.12.2026 18:00 UTC – 01.12.2026 22:00 UTC (Upgrade). The notice was given less than two days ahead.',
    })
    const hours = noticeText({
      ...{ kind: 'maintenance.changed', subject: '1', data: { ...data, lateHours: 24 } },
    })
    expect(hours.az).toContain('Bildiriş 24 saatdan az müddət qalmış')
  })

  it('say what the provider has to do', () => {
    const { az, en } = noticeText({
      ...{ kind: 'service.faulty', subject: 'X', data: { reason: 'unreachable' } },
    })
    expect(az).toContain('X: nasazlıq var')
    expect(az).toContain('Nasazlığı aradan qaldırın')
    expect(en).toContain('no connection to the system could be made')
  })
})
