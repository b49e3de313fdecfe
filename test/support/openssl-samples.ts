/**
 * Signatures that the openssl command made (3.0) over the signature base of one request, with what a
 * shell gives: `openssl dgst -sha256 -sign`, `openssl pkeyutl -sign -rawin`, and for ECDSA the two
 * integers of the DER taken out and padded to 32 bytes each.
 */
export const opensslRequest = {
  method: 'POST',
  url: 'http://bus.example:8080/r1/AZ/GOV/DIN/GCQ/finAxtaris/v1?fin=5XY7K2A',
  payload: Buffer.from('{"fin":"5XY7K2A"}'),
  created: new Date(1_700_000_000_000),
  contentDigest: 'sha-256=:GAQEv53K2p8uxjo8P5119heyeyRdniy/YTq9Q9efSCc=:',
  keyId: 'uU0nuZNNPgilLlLX2n2r-sSE7-N6U4DukIj3rOLvzek',
  signatureParameters:
    '("@method" "@target-uri" "content-digest" "x-road-client" "x-road-id");created=1700000000',
} as const

export interface OpensslSample {
  readonly name: string
  readonly keyType: 'rsa' | 'p256' | 'ed25519'
  /** Base64 of the SubjectPublicKeyInfo. */
  readonly spki: string
  readonly signature: string
}

export const opensslSamples: readonly OpensslSample[] = [
  {
    name: 'RSA, PKCS #1 v1.5',
    keyType: 'rsa',
    spki: [
      'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnGXiR6edp+ipUtfztTFkSbnmVrPlkiMteDNTi48B',
      '20k3gxmUY3/lF8I6Pswi1apSgqPaXBQdCmFGaRJIhfpOac9qUQZbIOmtIUpmxdenb/PGfuFpKOz8KmCvElBR',
      'qojImfPFtt2FHUdcH6LrzvNcUG+MRReLkxrXsXFkYP2uWJ9MwpfnxtNKDzvIuy92FSn3+gO1JB3G//lTgrAc',
      'NANDkANs1Idx8vUSVmunRQ7xh2mPhh5DoE/EgMRCKhvJNFgD4klO9XyesWa14+uUXtB7xSmBz0qRbRtmnkef',
      '9DvjuGsNJnyCrSR5k0mUEf6/MBCUlULWCDw9HbxVNIlSoYe9ywIDAQAB',
    ].join(''),
    signature: [
      'HG+MG8pLQBPfNhhsMv0XOM2NlUomuKGsWBgCrSOOCvAbN51MgukzsqvR2U6F4rwUJwg1cohZpEA54/9LcF+u',
      '6AQsYSXVWpjS9k0PwanmDXfVnhzV9WXNgDfyOebxHP69b8TtR9L9zyVZTc1zIzNQLV4lHNd2nxxSRgtxwQ4g',
      '2hDHTFM7KPdywuajC2o75L8HJZusjyAtqnuZTNqkAsLuOs4Et+ul0/Yj/BjNuVe1o4FG73ec8MoJhAxASbcL',
      'qPpFkymu/JgD9KrLcRvpDXJcPidqdWwjmx3gNqYmsV3AK99ftK6EM8ewDZ98FChqT5TXJ63DQFh4c1fOETAA',
      '7aPjRQ==',
    ].join(''),
  },
  {
    name: 'ECDSA P-256',
    keyType: 'p256',
    spki: [
      'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE0f1MRm7udvUFCPQayLkPMELAYuBXesYG8udJqjGTzIaQPC2I',
      'BL3x9TYTipJObV5dRUbhDrvw/Day4VnNbw9XfA==',
    ].join(''),
    signature: [
      'nEKq8PwAUT2rnfww/f8mybs+JsDPA7fHoA89MoVSngxlpSYX0b0Dp1w0pTClh5Uxc3k3oh6vNMen7T3y3584',
      'sw==',
    ].join(''),
  },
  {
    name: 'Ed25519',
    keyType: 'ed25519',
    spki: 'MCowBQYDK2VwAyEASWz0a1sWC67lA+uDsy+RI+X9FglBiUwY8lYYuUSA1N0=',
    signature: [
      'dn5OcnfsV0wR0XohiZhhXvC6wyrrhHvbSTWqZdY+fExY5z1niYTHPNewZPXkMU8vqiZBjbNg7sfPDTtFfzVr',
      'Aw==',
    ].join(''),
  },
]

/** RSA-PSS (SHA-512, salt of 64 bytes) over the same base, which names no algorithm. */
export const opensslPssSignature = [
  'OD6+S1LmAI+OBSjkuqmEoxN7S5/Lx6ekKIv1n6fljS+DoTedBbiyldbsYA6rpeVZ+Ckqj+6Ty97PRCiZTOj9',
  'voDV7ULOdSm0MC+BeJhUL5SSyxyYQJUzVfpqvzgIGCluiLBKjmhiJWsA/LVkEOXWaO4IwkXoKmWxMsn9AFMR',
  'KEdK7j1A4EoTyS8pMTPUJwuuMwabmXg2+TgYSKrpOpi4lKjnKa5yNg3yT7Gmq7EYeqvF+NjYDXJOXdARNyw5',
  'JbEDlNmpeZc0vGJO7wiK7+QodnKjjwk/5jlHe4vqiwaLRoFvoeSvsP4tQNJOqpqLW8jhnxcPWiiHpuSAgykD',
  'GzVKbw==',
].join('')
