import { followLife } from '../../ca/certificate-life.store.js'
import { lockOpenCases } from '../../connection/case-succession.store.js'
import { dayText } from '../../country-time.js'
import { writeNotices, type NewNotice } from '../../notice/notice.store.js'
import type { NoticeKind } from '../../notice/notice.js'
import type { RegistryContent } from '../../registry/registry-content.js'
import type { AdminDatabase, AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import type { ChangeTerms, RegistryChanges } from '../registry/registry-changes.js'
import {
  archivingEffects,
  eventEffects,
  standingEffects,
  type Effects,
  type Standing,
} from './effects.js'
import type { LifeCycleEvent, LifeCyclePlan } from './life-cycle-event.js'
import { concernedBy, endEvent, fileEvent, findEvent } from './life-cycle.store.js'

type Author = Pick<Caller, 'actor'>

interface CarryOutTerms extends Pick<ChangeTerms, 'caller' | 'reason' | 'check'> {
  /** A member whose open cases pass to another with it. */
  readonly passing?: string | undefined
}

/** Standing of members and systems, and what is planned for them; each step one transaction with all that follows it. */
export class LifeCycle {
  readonly #database: AdminDatabase
  readonly #changes: RegistryChanges

  constructor(database: AdminDatabase, changes: RegistryChanges) {
    this.#database = database
    this.#changes = changes
  }

  /** @throws Problem of `check`, UNPROCESSABLE where the registry has something against it */
  async setStanding(
    standing: Standing,
    terms: Pick<ChangeTerms, 'caller' | 'reason' | 'check'>,
  ): Promise<void> {
    await this.#carryOut(
      (content) => standingEffects(content, standing),
      terms,
      () => Promise.resolve(),
    )
  }

  /**
   * Puts away what has ended.
   * @throws Problem NOT_FOUND; UNPROCESSABLE where it has not ended
   */
  async archive(id: string, terms: Pick<ChangeTerms, 'caller' | 'reason'>): Promise<void> {
    const effectsOf = (content: RegistryContent): Effects => {
      if (!isKnown(content, id)) throw new Problem('NOT_FOUND')
      return archivingEffects(content, id)
    }
    await this.#carryOut(effectsOf, terms, () => Promise.resolve())
  }

  /**
   * Files what is to happen; what is due already happens with it.
   * @throws Problem CONFLICT where something else is planned for the subject, UNPROCESSABLE
   */
  async file(plan: LifeCyclePlan, caller: Caller, now: Date): Promise<LifeCycleEvent> {
    // Whatever the registry has against it is found out before anybody waits for the day.
    await this.#changes.apply((content) => eventEffects(content, plan).document, {
      ...{ caller, dryRun: true },
    })
    const event = await this.#database.transaction(async (client) => {
      const filed = await fileEvent(client, plan, caller.actor().actor).catch(asConflict)
      await this.#tell(client, filed, 'life-cycle.planned')
      return filed
    })
    if (event.dueAt <= now) await this.happen(event, caller)
    return (await findEvent(this.#database.pool, event.id)) ?? event
  }

  /** @throws Problem CHANGED_MEANWHILE, CONFLICT for what is not planned any more */
  async cancel(event: LifeCycleEvent, seen: number, caller: Caller): Promise<void> {
    if (event.state !== 'planned') throw notPlanned()
    await this.#database.transaction(async (client) => {
      const { actor } = caller.actor()
      if (!(await endEvent(client, { id: event.id, revision: seen }, 'cancelled', actor))) {
        throw new Problem('CHANGED_MEANWHILE')
      }
      await this.#tell(client, event, 'life-cycle.cancelled')
    })
  }

  /**
   * Lets a planned event happen, once: by whoever is first.
   * @throws Problem UNPROCESSABLE where the registry has something against it by now, CONFLICT
   */
  async happen(event: LifeCycleEvent, author: Author): Promise<void> {
    const passing = event.kind === 'merger' ? event.subject : undefined
    const terms = { caller: author, reason: event.reason, passing }
    await this.#carryOut(
      (content) => eventEffects(content, event),
      terms,
      async (client) => {
        // Told before the change is: rights that end with it say whom it concerns.
        await this.#tell(client, event, 'life-cycle.done')
        if (!(await endEvent(client, event, 'done', author.actor().actor))) throw notPlanned()
      },
    )
  }

  async #carryOut(
    effectsOf: (content: RegistryContent) => Effects,
    { caller, reason, check, passing }: CarryOutTerms,
    before: (client: AdminTransaction) => Promise<void>,
  ): Promise<void> {
    let effects: Effects | undefined
    const declare = (content: RegistryContent): object => {
      effects = effectsOf(content)
      return effects.document
    }
    await this.#database.transaction(async (client) => {
      if (passing !== undefined) await lockOpenCases(client, passing)
      await this.#changes.applyIn(client, declare, {
        ...{ caller, reason },
        check: async () => {
          await check?.(client)
          await before(client)
        },
        async also() {
          const { subsystems = [], event } = effects?.certificates ?? {}
          if (event === undefined || subsystems.length === 0) return
          await followLife(client, subsystems, event, { ...caller.actor(), reason })
        },
      })
    })
  }

  /** The owner, who comes after it, and those who use its services. */
  async #tell(client: AdminTransaction, event: LifeCycleEvent, kind: NoticeKind): Promise<void> {
    const { subject, target, dueAt } = event
    const concerned = await concernedBy(client, subject, target)
    const notices = concerned.map((member): NewNotice => ({
      ...{ member, kind, subject },
      data: {
        ...{ event: event.kind, day: dayText(dueAt) },
        ...(target !== undefined && { target }),
      },
      once: `${kind} ${event.id} ${member}`,
    }))
    await writeNotices(client, notices)
  }
}

function isKnown({ members, subsystems, services }: RegistryContent, id: string): boolean {
  return [members, subsystems, services].some((entries) => entries.some((each) => each.id === id))
}

function asConflict(error: unknown): never {
  if ((error as { code?: string }).code !== '23505') throw error
  throw new Problem('CONFLICT', {
    detail: {
      az: 'Bunun üçün artıq bir dəyişiklik planlaşdırılıb',
      en: 'Something is planned for it already',
    },
  })
}

function notPlanned(): Problem {
  return new Problem('CONFLICT', {
    detail: { az: 'Bu artıq planlaşdırılmış deyil', en: 'This is not planned any more' },
  })
}
