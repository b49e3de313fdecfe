import 'reflect-metadata'

const key = 'sluice:answered-once'

/** For a route whose answer is a secret: it is not kept for who sends the same request again. */
export function AnsweredOnce(): MethodDecorator {
  return (_target, _name, descriptor) =>
    Reflect.defineMetadata(key, true, descriptor.value as object)
}

export function isAnsweredOnce(handler: object): boolean {
  return Reflect.hasOwnMetadata(key, handler)
}
