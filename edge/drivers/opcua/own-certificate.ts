import { createHash, webcrypto, X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../clock.ts'
import { LinkLost } from '../driver.ts'

/** The gateway's own application instance certificate, as files. */
export interface OwnCertificate {
  certificateFile: string
  privateKeyFile: string
  applicationUri: string
  thumbprint: string
}

const DAY_MS = 86_400_000
/** A plant's servers trust it by hand: a new one means a walk through the plant. */
const VALID_DAYS = 7_300
/** Servers whose clocks are late take it all the same. */
const BACKDATED_MS = 2 * DAY_MS
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 } as const
const CERTIFICATE_FILE = 'certificate.pem'
const KEY_FILE = 'private_key.pem'
const URI = /URI:(urn:[^,\s]+)/

let making: Promise<unknown> = Promise.resolve()

/** Made at the first connection, then for ever the same; links of one process take turns. Errors: LinkLost opcua.ownCertificateDamaged. */
export function ownCertificate(folder: string, clock: Clock): Promise<OwnCertificate> {
  const made = making.then(() => readOrMake(join(folder, 'own'), clock))
  making = made.catch(() => undefined)
  return made
}

async function readOrMake(folder: string, clock: Clock): Promise<OwnCertificate> {
  const [certificateFile, privateKeyFile] = [join(folder, CERTIFICATE_FILE), join(folder, KEY_FILE)]
  const [found, key] = await Promise.all([certificateFile, privateKeyFile].map((file) => readFile(file, 'utf8').catch(() => undefined)))
  // Half of a pair is not made anew in silence: servers trust the other half.
  if ((found === undefined) !== (key === undefined)) throw new LinkLost('opcua.ownCertificateDamaged', undefined, { folder })
  const pem = found ?? (await make(folder, clock))
  try {
    const certificate = new X509Certificate(pem)
    const applicationUri = URI.exec(certificate.subjectAltName ?? '')?.[1]
    if (!applicationUri) throw new Error('It names no application.')
    return { certificateFile, privateKeyFile, applicationUri, thumbprint: thumbprintOf(certificate.raw) }
  } catch (error) {
    throw new LinkLost('opcua.ownCertificateDamaged', error, { folder })
  }
}

/** OPC 10000-6 §6.2.2: application URI and host name stand in it; self-signed. */
async function make(folder: string, clock: Clock): Promise<string> {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const host = hostname().replaceAll(/[^A-Za-z0-9.-]/g, '-')
  const id = Buffer.from(webcrypto.getRandomValues(new Uint8Array(6))).toString('hex')
  const keys = await webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify'])
  const { digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyCertSign } = x509.KeyUsageFlags
  const startMs = clock.nowMs() - BACKDATED_MS
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [`Lianshu Gateway ${host}`.slice(0, 64)] }, { O: ['Lianshu'] }, { DC: [host.slice(0, 63)] }],
    keys,
    notBefore: new Date(startMs),
    notAfter: new Date(startMs + VALID_DAYS * DAY_MS),
    signingAlgorithm: RSA,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(digitalSignature | nonRepudiation | keyEncipherment | dataEncipherment | keyCertSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'url', value: `urn:${host}:LianshuGateway:${id}` },
        { type: 'dns', value: host },
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const pem = `${certificate.toString('pem')}\n`
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const keyPem = `-----BEGIN PRIVATE KEY-----\n${key.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`
  const fresh = `${folder}.new`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { recursive: true, mode: 0o700 })
  await writeFile(join(fresh, KEY_FILE), keyPem, { mode: 0o600 })
  await writeFile(join(fresh, CERTIFICATE_FILE), pem, { mode: 0o644 })
  // Both at once: half of a pair would be taken for damaged for ever.
  await rename(fresh, folder)
  return pem
}

export const thumbprintOf = (der: Uint8Array): string => createHash('sha256').update(der).digest('hex').toUpperCase()
