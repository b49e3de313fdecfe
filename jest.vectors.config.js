import base from './jest.config.js'

/**
 * Public test vectors of others (RFC 9421, structured fields, Wycheproof, PKITS, canonical XML, ...), which are not
 * kept in this tree. SLUICE_VECTORS names the directory that holds them:
 * `SLUICE_VECTORS=/path NODE_OPTIONS=--experimental-vm-modules npx jest -c jest.vectors.config.js`
 */
export default { ...base, testMatch: ['<rootDir>/test/vectors/**/*.vectors.ts'] }
