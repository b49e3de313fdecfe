import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { caseCommands, stateAfter, type CaseCommand } from './case-command.js'
import { CaseError } from './case-error.js'
import { caseStates, caseTable, type CaseState } from './case-state.js'

const commands = Object.keys(caseCommands) as CaseCommand[]

describe('commands', () => {
  it('lead to every state but the first, each to one', () => {
    const targets = Object.values(caseCommands)
    expect(new Set(targets).size).toBe(targets.length)
    expect([...targets, 'DRAFT'].sort()).toEqual([...caseStates].sort())
  })

  it('never leave the table, in whatever order they come (R-060)', () => {
    const seen = new Set<CaseState>()
    const sequences = fc.array(fc.constantFrom(...commands), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(sequences, (sequence) => {
        let state: CaseState = 'DRAFT'
        for (const command of sequence) {
          const allowed = caseTable[state].next.includes(caseCommands[command])
          const before = state
          try {
            state = stateAfter(state, command)
          } catch (error) {
            if (!(error instanceof CaseError)) throw error
          }
          expect(state).toBe(allowed ? caseCommands[command] : before)
          seen.add(state)
        }
      }),
      { numRuns: 1_000 },
    )
    // Not for want of trying.
    expect(seen.size).toBeGreaterThan(8)
  })

  it('that skip a step are told what may be next, in both languages (R-053)', () => {
    expect(() => stateAfter('CHECKING', 'agreement')).toThrow(CaseError)
    try {
      stateAfter('CHECKING', 'agreement')
    } catch (error) {
      expect((error as CaseError).text).toEqual({
        az: 'İş «Uyğunluq yoxlanılır» vəziyyətindən «Müqavilə bağlanıb» vəziyyətinə keçə bilməz. Növbəti mümkün vəziyyətlər: Müsbət rəy verilib, Dəyişiklik tələb olunur',
        en: 'No case goes from “Conformity is being checked” to “Agreement concluded”. What may be next: Positive opinion, Changes required',
      })
    }
    expect(() => stateAfter('REFUSED', 'submission')).toThrow('has ended')
  })
})
