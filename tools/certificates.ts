import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** PEM. */
export interface KeyAndCertificate {
  key: string
  cert: string
}

export type KeyType = 'ecdsa' | 'rsa'

const ALGORITHMS = {
  ecdsa: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 3072 },
} as const
const DAY_MS = 24 * 3_600_000
/** Machines in a workshop whose clocks are late trust it all the same. */
const BACKDATED_MS = 2 * DAY_MS
const CA_DAYS = 3_650

/** A certificate authority for one site; its key signs server certificates and nothing else. */
export async function makeAuthority(name: string, type: KeyType, now: Date): Promise<KeyAndCertificate> {
  const keys = await newKeys(type)
  const cert = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    ...validFor(CA_DAYS, now),
    signingAlgorithm: ALGORITHMS[type],
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { key: await pemOfKey(keys.privateKey), cert: `${cert.toString('pem')}\n` }
}

/** A server's certificate for names and addresses, the authority's own behind it. Errors: an authority whose key is not its own. */
export async function issueServerCertificate(
  authority: KeyAndCertificate,
  { names, days, type, now }: { names: readonly string[]; days: number; type: KeyType; now: Date },
): Promise<KeyAndCertificate> {
  const issuer = new X509Certificate(authority.cert)
  const keys = await newKeys(type)
  const signingType = issuer.publicKey.algorithm.name === ALGORITHMS.ecdsa.name ? 'ecdsa' : 'rsa'
  const cert = await X509CertificateGenerator.create({
    // Clients look at the names below alone.
    subject: [{ CN: [(names[0] ?? '').slice(0, 64)] }],
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key, signingType),
    ...validFor(days, now),
    signingAlgorithm: ALGORITHMS[signingType],
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  if (!(await cert.verify({ publicKey: issuer.publicKey, signatureOnly: true }))) throw new Error('ca.key is not the key of ca.crt.')
  return { key: await pemOfKey(keys.privateKey), cert: `${cert.toString('pem')}\n${authority.cert}` }
}

const newKeys = (type: KeyType): Promise<webcrypto.CryptoKeyPair> =>
  crypto.subtle.generateKey(ALGORITHMS[type], true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>

function validFor(days: number, now: Date): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - BACKDATED_MS), notAfter: new Date(now.getTime() + days * DAY_MS) }
}

async function pemOfKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key))
  return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`
}

const importKey = (pem: string, type: KeyType): Promise<webcrypto.CryptoKey> => {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  return crypto.subtle.importKey('pkcs8', der, ALGORITHMS[type], false, ['sign'])
}
