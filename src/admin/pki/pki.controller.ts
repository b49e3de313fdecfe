import { Body, Controller, Get, Inject, Param, Post, StreamableFile } from '@nestjs/common'
import { z } from 'zod'
import { ocspRequestBytesMax } from '../../ca/limits.js'
import { PublicPki } from '../../ca/public-pki.js'
import { AnswersBytes, ApiProblems, TakesBytes } from '../answers.decorator.js'
import { withCaProblems } from '../certificates/ca-problem.js'
import { Public } from '../permission.js'

const ocspAnswer = 'application/ocsp-response'
/** Base64 of a request, percent-encoded (RFC 6960 §A.1). */
const encodedRequest = z
  .string()
  .min(1)
  .max(Math.ceil(ocspRequestBytesMax / 3) * 4)
  .regex(/^[A-Za-z0-9+/]+={0,2}$/)

/** What certificates of the CA name: its own certificate, its revocation list, its OCSP responder. For everybody. */
@Controller('pki')
export class PkiController {
  readonly #pki: PublicPki

  constructor(@Inject(PublicPki) pki: PublicPki) {
    this.#pki = pki
  }

  /** RFC 5280 §4.2.2.1, RFC 2585. */
  @Get('ca.der')
  @Public()
  @AnswersBytes('application/pkix-cert')
  @ApiProblems('UNAVAILABLE')
  async certificate(): Promise<StreamableFile> {
    return new StreamableFile(await withCaProblems(() => this.#pki.certificate()))
  }

  @Get('ca.pem')
  @Public()
  @AnswersBytes('application/x-pem-file')
  @ApiProblems('UNAVAILABLE')
  async certificatePem(): Promise<StreamableFile> {
    return new StreamableFile(Buffer.from(await withCaProblems(() => this.#pki.certificatePem())))
  }

  /** RFC 5280 §5. */
  @Get('crl.der')
  @Public()
  @AnswersBytes('application/pkix-crl')
  @ApiProblems('UNAVAILABLE')
  async list(): Promise<StreamableFile> {
    return new StreamableFile(await withCaProblems(() => this.#pki.list()))
  }

  /** RFC 6960. */
  @Post('ocsp')
  @Public()
  @TakesBytes(['application/ocsp-request'], ocspRequestBytesMax)
  @AnswersBytes(ocspAnswer)
  @ApiProblems('UNAVAILABLE')
  async ocsp(@Body() request: Buffer): Promise<StreamableFile> {
    return this.#answer(request)
  }

  /** The same in a path (RFC 6960 §A.1). */
  @Get('ocsp/:request')
  @Public()
  @AnswersBytes(ocspAnswer)
  @ApiProblems('UNAVAILABLE')
  async ocspInPath(
    @Param('request', { schema: encodedRequest }) request: string,
  ): Promise<StreamableFile> {
    return this.#answer(Buffer.from(request, 'base64'))
  }

  async #answer(request: Uint8Array): Promise<StreamableFile> {
    return new StreamableFile((await withCaProblems(() => this.#pki.ocsp(request))).der)
  }
}
