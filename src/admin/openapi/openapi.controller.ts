import { Controller, Get, Inject } from '@nestjs/common'
import { z } from 'zod'
import { Answers } from '../answers.decorator.js'
import { Public } from '../permission.js'
import { Description } from './description.js'

/** What this API is, for programs. */
@Controller()
export class OpenApiController {
  readonly #description: Description

  constructor(@Inject(Description) description: Description) {
    this.#description = description
  }

  @Get('openapi.json')
  @Public()
  @Answers(z.looseObject({ openapi: z.string() }), { description: 'OpenAPI 3.1' })
  describe(): object {
    return this.#description.document
  }
}
