import { Module, type INestApplication } from '@nestjs/common'
import { PATH_METADATA } from '@nestjs/common/constants.js'
import { MetadataScanner, ModulesContainer } from '@nestjs/core'
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger'
import { apiTitle, apiVersion } from './about.js'
import { completeDocument, type ApiDocument } from './complete-document.js'
import { schemaConverter } from './convert-schema.js'
import { Description } from './description.js'
import { OpenApiController } from './openapi.controller.js'

/** Serves what the admin API is, as it is. */
@Module({ controllers: [OpenApiController], providers: [Description] })
export class OpenApiModule {}

/** A route's handler, and how the description calls it: `domains.get`. */
export interface RouteHandler {
  readonly id: string
  readonly handler: object
}

/** Every route's handler. @throws Error where two have one name */
export function routeHandlersOf(app: INestApplication): RouteHandler[] {
  const found = new Map<string, RouteHandler>()
  const scanner = new MetadataScanner()
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) {
      const prototype = (metatype as { readonly prototype: object }).prototype
      for (const name of scanner.getAllMethodNames(prototype)) {
        const handler = (prototype as Readonly<Record<string, object>>)[name]
        if (!handler || !Reflect.hasMetadata(PATH_METADATA, handler)) continue
        const id = operationIdOf((metatype as { readonly name: string }).name, name)
        if (found.has(id)) throw new Error(`two routes are called ${id}`)
        found.set(id, { id, handler })
        declareParameters(prototype, name, handler)
      }
    }
  }
  return [...found.values()]
}

/** The admin API in OpenAPI 3.1, made of its controllers. */
export function describeApi(app: INestApplication): ApiDocument {
  const handlers = new Map(routeHandlersOf(app).map(({ id, handler }) => [id, handler]))
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(apiTitle)
    .setVersion(apiVersion)
    .build()
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: operationIdOf,
    standardSchemaConverter: schemaConverter(),
  })
  return completeDocument(document, handlers)
}

function operationIdOf(controller: string, method: string): string {
  const area = controller.replace(/Controller$/, '')
  return `${area.charAt(0).toLowerCase()}${area.slice(1)}.${method}`
}

// Types of parameters are not emitted in this house, and without them the schemas that are declared go unread.
function declareParameters(prototype: object, name: string, handler: object): void {
  const key = 'design:paramtypes'
  if (Reflect.hasMetadata(key, prototype, name)) return
  const { length } = handler as { readonly length: number }
  Reflect.defineMetadata(key, Array<object>(Math.max(length, 1)).fill(Object), prototype, name)
}
