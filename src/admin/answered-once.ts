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

const secretKey = 'sluice:takes-secrets'

/**
 * For a route that takes a password: nothing is kept of the request, not even the digest by which it would be known
 * again, since a password could be guessed from that faster than from its own hash.
 */
export function TakesSecrets(): MethodDecorator {
  return (_target, _name, descriptor) =>
    Reflect.defineMetadata(secretKey, true, descriptor.value as object)
}

export function takesSecrets(handler: object): boolean {
  return Reflect.hasOwnMetadata(secretKey, handler)
}
