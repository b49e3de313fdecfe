import { Controller, Get, Inject, Param, StreamableFile } from '@nestjs/common'
import { writeContractArchive } from '../../contract/contract-archive.js'
import { AnswersBytes, ApiProblems } from '../answers.decorator.js'
import { Public } from '../permission.js'
import { identifier } from '../registry/fields.js'
import { AnswersUnchanged, InCatalogue, Shown } from './catalogue-face.interceptor.js'
import { CatalogueSource } from './catalogue-source.js'
import { there } from './catalogue.controller.js'
import { PublicContracts, type PublicContract } from './public-contracts.js'

const id = { schema: identifier }

/** Contracts of services in both faces, for everybody. */
@Controller('catalogue/services')
@InCatalogue()
export class CatalogueContractsController {
  readonly #source: CatalogueSource
  readonly #contracts: PublicContracts

  constructor(
    @Inject(CatalogueSource) source: CatalogueSource,
    @Inject(PublicContracts) contracts: PublicContracts,
  ) {
    this.#source = source
    this.#contracts = contracts
  }

  @Get(':id/wsdl')
  @Public()
  @AnswersBytes('text/xml')
  @AnswersUnchanged()
  @ApiProblems('NOT_FOUND')
  async wsdl(@Param('id', id) service: string): Promise<Shown> {
    return new Shown(there((await this.#of(service)).wsdl))
  }

  @Get(':id/openapi')
  @Public()
  @AnswersBytes('application/json')
  @AnswersUnchanged()
  @ApiProblems('NOT_FOUND')
  async openApi(@Param('id', id) service: string): Promise<Shown> {
    return new Shown(there((await this.#of(service)).openApi))
  }

  /** The files that were registered, as a ZIP archive, where they say nothing that is not for everybody. */
  @Get(':id/contract')
  @Public()
  @AnswersBytes('application/zip')
  @ApiProblems('NOT_FOUND')
  async files(@Param('id', id) service: string): Promise<StreamableFile> {
    const { files } = await this.#of(service)
    return new StreamableFile(await writeContractArchive(there(files)))
  }

  async #of(service: string): Promise<PublicContract> {
    return this.#contracts.of(there((await this.#source.now()).service(service)).id)
  }
}
