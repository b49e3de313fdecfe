import 'reflect-metadata'
import { expect, it } from '@jest/globals'
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js'
import { routeInputsOf } from './route-inputs.module.js'

it.each([
  ['3:0', true],
  // What Nest gives a decorator of our own is random, and may begin with the number of a body.
  ['3a8f__customRouteArgs__:0', false],
])('a handler with the argument %j takes a body: %s', (key, takesBody) => {
  const controller = {}
  const handle = { name: 'handle' }
  Reflect.defineMetadata(ROUTE_ARGS_METADATA, { [key]: { index: 0 } }, controller, 'handle')
  expect(routeInputsOf(controller, handle)).toMatchObject({ takesBody })
})
