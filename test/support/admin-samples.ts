import { Body, Controller, Get, Module, Post, Query, type DynamicModule } from '@nestjs/common'
import { z } from 'zod'
import { Answers, ApiProblems, TakesBytes } from '../../src/admin/answers.decorator.js'
import { AnsweredOnce } from '../../src/admin/answered-once.js'
import { page, pageOf, pageQuery, type Page, type PageQuery } from '../../src/admin/paging.js'
import { Everyone } from '../../src/admin/permission.js'
import { Problem } from '../../src/admin/problem.js'

const sampleBody = z.strictObject({ text: z.string().max(100), more: z.json().optional() })
const counted = z.object({ count: z.int(), text: z.string() })
type Counted = z.infer<typeof counted>

/** What a test may do while a request is carried out. */
export const held: { until: Promise<void> } = { until: Promise.resolve() }
let count = 0

/** Routes of no subject, on which tests see what every route has before it. */
@Controller('samples')
export class SamplesController {
  @Post()
  @Everyone()
  @Answers(counted, { status: 201 })
  async add(@Body({ schema: sampleBody }) { text }: z.infer<typeof sampleBody>): Promise<Counted> {
    await held.until
    count += 1
    return { count, text }
  }

  @Post('secrets')
  @Everyone()
  @AnsweredOnce()
  @Answers(counted, { status: 201 })
  secret(): Counted {
    count += 1
    return { count, text: 'secret' }
  }

  @Post('refusals')
  @Everyone()
  @Answers(counted)
  @ApiProblems('UNPROCESSABLE')
  refuse(): Counted {
    count += 1
    throw new Problem('UNPROCESSABLE', { detail: { az: `${count}-ci`, en: `number ${count}` } })
  }

  @Post('troubles')
  @Everyone()
  @Answers(counted)
  fail(@Query('kind', { schema: z.enum(['unknown', 'unavailable']) }) kind: string): Counted {
    count += 1
    if (kind === 'unavailable') throw new Problem('UNAVAILABLE')
    throw new Error('nobody foresaw it')
  }

  @Post('bytes')
  @Everyone()
  @TakesBytes(['application/yaml', 'application/pkcs10'], 100)
  @Answers(counted)
  bytes(@Body() body: Buffer): Counted {
    return { count: body.length, text: body.toString('latin1') }
  }

  @Get()
  @Everyone()
  @Answers(pageOf(z.object({ key: z.string() })))
  list(@Query({ schema: pageQuery }) { limit, after = '' }: PageQuery): Page<{ key: string }> {
    const keys = Array.from({ length: 120 }, (_, n) => ({ key: `ə${String(n).padStart(3, '0')}` }))
    const found = keys.filter(({ key }) => key > after).slice(0, limit + 1)
    return page(found, limit, ({ key }) => key)
  }
}

@Module({ controllers: [SamplesController] })
class SamplesModule {}

export const samples: DynamicModule = { module: SamplesModule }
