import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'

/** 256 random bits; 43 characters in base64url. */
export const newToken = (): string => randomBytes(32).toString('base64url')

const TOKEN = /^[A-Za-z0-9_-]{43}$/
export const isToken = (text: string): boolean => TOKEN.test(text)

/** What is stored of a token: it has full entropy, so a plain hash cannot be turned back. */
export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest()

/** The token that a page sends back beside its cookie: derived from the session's, so that nothing more is stored. */
export const csrfTokenOf = (hash: Buffer): string => createHmac('sha256', hash).update('lianshu csrf 1').digest('base64url')

export const sameSecret = (a: string, b: string): boolean => timingSafeEqual(tokenHash(a), tokenHash(b))

// Without 0/O, 1/l/I: it is read out and typed in.
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** 93 random bits in groups: `f7Kd-…`. */
export const oneTimePassword = (): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')).join('-')

export const sameHash = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)
