/** How TypeScript becomes what runs: the same for the build and for tests, and as tsconfig.json says it to the compiler of types. */
export const swcOptions = {
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, verbatimModuleSyntax: true },
  },
  module: { type: 'es6' },
}
