import { Controller, Get, Inject, Param, StreamableFile } from '@nestjs/common'
import { IdentifierError, parseServiceId } from '../../exchange/identifier.js'
import { AnswersBytes, ApiProblems } from '../answers.decorator.js'
import { Everyone } from '../permission.js'
import { Problem } from '../problem.js'
import { identifier } from '../registry/fields.js'
import { Documentations } from './documentation.js'
import type { Documentation } from '../../contract/documentation.js'

/** What is generated of a service's contract for who is to use it, in both faces. */
@Controller('services')
export class DocumentationController {
  readonly #documentations: Documentations

  constructor(@Inject(Documentations) documentations: Documentations) {
    this.#documentations = documentations
  }

  @Get(':id/wsdl')
  @Everyone()
  @AnswersBytes('text/xml')
  @ApiProblems('NOT_FOUND')
  async wsdl(@Param('id', { schema: identifier }) id: string): Promise<StreamableFile> {
    return fileOf((await this.#of(id)).wsdl)
  }

  /** Of the service as the bus offers it; where the bus is, its reader knows. */
  @Get(':id/openapi')
  @Everyone()
  @AnswersBytes('application/json')
  @ApiProblems('NOT_FOUND')
  async openApi(@Param('id', { schema: identifier }) id: string): Promise<StreamableFile> {
    return fileOf((await this.#of(id)).openApi)
  }

  async #of(id: string): Promise<Documentation> {
    try {
      return await this.#documentations.of(parseServiceId(id))
    } catch (error) {
      if (error instanceof IdentifierError) throw new Problem('NOT_FOUND')
      throw error
    }
  }
}

/** @throws Problem NOT_FOUND for a service without this face */
function fileOf(face: Uint8Array | undefined): StreamableFile {
  if (!face) throw new Problem('NOT_FOUND')
  return new StreamableFile(face)
}
