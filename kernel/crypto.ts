import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/**
 * One authenticated cipher. Its name stands beside everything that it has sealed, so that another one (SM4 with HMAC-SM3, a hardware
 * module) can come beside it and what is stored is still opened by the one that sealed it.
 */
export interface CryptoProvider {
  readonly algorithm: string
  newKey(): Buffer
  /** `associated` is not stored: whoever opens must name the same, or it does not open. */
  seal(key: Buffer, plain: Buffer, associated: string): Buffer
  /** Throws where key, content or `associated` is not the one it was sealed with. */
  open(key: Buffer, sealed: Buffer, associated: string): Buffer
}

const KEY_BYTES = 32
/** NIST SP 800-38D §8.2.2: random, so at most 2^32 seals under one key. */
const IV_BYTES = 12
const TAG_BYTES = 16

/** iv ‖ ciphertext ‖ tag */
const aes256Gcm: CryptoProvider = {
  algorithm: 'A256GCM',
  newKey: () => randomBytes(KEY_BYTES),
  seal: (key, plain, associated) => {
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(associated))
    return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  },
  open: (key, sealed, associated) => {
    if (sealed.length < IV_BYTES + TAG_BYTES) throw new Error('An envelope is cut short.')
    const end = sealed.length - TAG_BYTES
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(associated))
      .setAuthTag(sealed.subarray(end))
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, end)), decipher.final()])
  },
}

/** What seals from now on. */
export const cryptoProvider: CryptoProvider = aes256Gcm

/** Who opens what was sealed by the algorithm of this name. */
export function providerOf(algorithm: string): CryptoProvider {
  if (algorithm !== aes256Gcm.algorithm) throw new Error(`Nothing here opens ${algorithm}.`)
  return aes256Gcm
}
