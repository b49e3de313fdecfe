import jest from 'eslint-plugin-jest'
import tseslint from 'typescript-eslint'

const noBarrels = {
  selector: 'ExportAllDeclaration',
  message: 'No barrels: import from the file that defines it.',
}
const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'No default exports: one name for one thing.',
}
const noEnum = {
  selector: 'TSEnumDeclaration',
  message: 'No enums: a union of texts says the same, and is what it looks like.',
}

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'var/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'no-restricted-syntax': ['error', noBarrels, noDefaultExport, noEnum],
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: true },
      ],
      // Nest declares its option types as classes and wants plain objects for them.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // There are none, which is cheaper to know than to look for.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    // What a person or a shell reads from a command goes to standard output.
    files: ['src/cli/**/*.ts', 'demo/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    plugins: { jest },
    rules: {
      ...jest.configs['flat/recommended'].rules,
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', 'fc.assert'] }],
      'jest/no-conditional-expect': 'off',
    },
  },
)
