import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common'
import type { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { domainCode } from '../domains/domain-json.js'
import { IfMatch } from '../if-match.decorator.js'
import { Everyone, Permit } from '../permission.js'
import { Tagged } from '../tagged.js'
import { profileTerms } from './case-inputs.js'
import { profileJson, profileSchema } from './case-json.js'
import { ConnectionProfiles } from './connection-profiles.js'

/** Who admits in a domain, and whether the security body is asked first. */
@Controller('connection-profiles')
export class ConnectionProfilesController {
  readonly #profiles: ConnectionProfiles

  constructor(@Inject(ConnectionProfiles) profiles: ConnectionProfiles) {
    this.#profiles = profiles
  }

  @Get(':domain')
  @Everyone()
  @Answers(profileSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(@Param('domain', { schema: domainCode }) domain: string): Promise<Tagged<JsonValue>> {
    const profile = await this.#profiles.read(domain)
    return new Tagged(profileJson(profile), profile.revision)
  }

  @Put(':domain')
  @Permit('OPERATOR')
  @Answers(profileSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async set(
    @Param('domain', { schema: domainCode }) domain: string,
    @IfMatch() revision: number,
    @Body({ schema: profileTerms }) { reason, ...terms }: z.infer<typeof profileTerms>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const wanted = { ...terms, domain, revision }
    const profile = await this.#profiles.set(wanted, reason, caller)
    return new Tagged(profileJson(profile), profile.revision)
  }
}
