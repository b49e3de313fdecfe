import { availableParallelism } from 'node:os'
import { swcOptions } from './scripts/swc-options.js'

/** Tests run on TypeScript as it stands (swc strips types), as ES modules like the build. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    // A map beside the code, not in it: there it would be most of what each spec file reads and compiles.
    '^.+\\.ts$': ['@swc/jest', { ...swcOptions, sourceMaps: true }],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testMatch: ['<rootDir>/{src,adapters,test,demo,bench}/**/*.spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/var'],
  globalSetup: '<rootDir>/test/support/broker-setup.js',
  globalTeardown: '<rootDir>/test/support/broker-teardown.js',
  testTimeout: 30_000,
  // Much of what takes long waits for time limits, sockets and other processes: one more than there are cores.
  maxWorkers: availableParallelism() + 1,
  // What a spec file leaves in its process (modules, and a storage of jest's that each promise asks) slows down all after it.
  workerIdleMemoryLimit: '500MB',
  testSequencer: '<rootDir>/scripts/test-sequencer.js',
}
