import type { IncomingMessage } from 'node:http'
import {
  BadRequestException,
  Controller,
  Get,
  Header,
  Inject,
  Req,
  ServiceUnavailableException,
  ForbiddenException,
} from '@nestjs/common'
import { pageJson } from './exchange-answer.js'
import { LogSearch } from './log-search.js'
import { readSearchQuery, SearchQueryError } from './search-query.js'

/**
 * `GET /log-search?…` for auditors. A person is named by the pseudonym alone: addresses are written
 * down by every proxy on the way.
 */
@Controller('log-search')
export class LogSearchController {
  readonly #search: LogSearch

  constructor(@Inject(LogSearch) search: LogSearch) {
    this.#search = search
  }

  @Get()
  @Header('Cache-Control', 'no-store')
  async find(@Req() request: IncomingMessage): Promise<object> {
    const scope = this.#search.scopeOf(request.headers['authorization'])
    if (!scope) {
      throw new ForbiddenException({
        title: 'Exchanges are searched with an auditor’s token: Authorization: Bearer …',
      })
    }
    try {
      const { criteria, page } = readSearchQuery(paramsOf(request.url ?? ''))
      return pageJson(await this.#search.search(scope, criteria, page))
    } catch (error) {
      if (error instanceof SearchQueryError) throw new BadRequestException({ title: error.message })
      throw new ServiceUnavailableException({ title: 'The log cannot be searched just now.' })
    }
  }
}

// Nest's own parser makes lists and objects of parameters; here each has a name and a text.
function paramsOf(url: string): URLSearchParams {
  const at = url.indexOf('?')
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1))
}
