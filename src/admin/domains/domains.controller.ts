import { Controller, Get, Inject, Param } from '@nestjs/common'
import type { Domain } from '../../registry/domain.js'
import { Everyone } from '../permission.js'
import { Problem } from '../problem.js'
import { Domains } from './domains.store.js'

/** Exchange domains. */
@Controller('domains')
export class DomainsController {
  readonly #domains: Domains

  constructor(@Inject(Domains) domains: Domains) {
    this.#domains = domains
  }

  @Get(':code')
  @Everyone()
  async get(@Param('code') code: string): Promise<Domain> {
    const domain = await this.#domains.find(code)
    if (!domain) throw new Problem('NOT_FOUND')
    return domain
  }
}
