import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createSecureContext, type Server, type TlsOptions } from 'node:tls'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'

export interface CertificateFiles {
  certFile: string
  keyFile: string
}

export type ReadCertificate =
  | { kind: 'usable'; cert: Buffer; key: Buffer; subject: string; notAfterMs: number }
  | { kind: 'unusable'; zh: string; en: string }

/** What a TLS listener shows, and from then on what lies in the files: a renewed certificate needs no restart. */
export interface ServedCertificate {
  options: TlsOptions
  /** Hands each later certificate to the server; connections that stand keep theirs. */
  follow(server: Server): void
  stop(): void
}

const LOOK_MS = 5_000
const WARN_BEFORE_MS = 21 * 24 * 3_600_000
const DAY_MS = 24 * 3_600_000

/** Mozilla's “intermediate” list (2025) without finite-field Diffie-Hellman: forward secrecy and authenticated encryption only. */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

export function readCertificate({ certFile, keyFile }: CertificateFiles): ReadCertificate {
  try {
    if ((statSync(keyFile).mode & 0o007) !== 0) {
      return unusable(
        `其他用户可以读取私钥 ${keyFile}：请执行 chmod 600 ${keyFile}`,
        `The private key ${keyFile} can be read by others: chmod 600 ${keyFile}`,
      )
    }
    const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)]
    const first = new X509Certificate(cert)
    if (!first.checkPrivateKey(createPrivateKey(key)))
      return unusable(`私钥 ${keyFile} 与证书 ${certFile} 不匹配。`, `The key ${keyFile} is not that of the certificate ${certFile}.`)
    createSecureContext({ cert, key })
    return { kind: 'usable', cert, key, subject: first.subjectAltName ?? first.subject, notAfterMs: first.validToDate.getTime() }
  } catch (error) {
    const reason = (error as Error).message
    return unusable(
      `TLS 证书或私钥无法使用（须为 PEM 格式，私钥不加密）：${certFile}，${keyFile}：${reason}`,
      `The TLS certificate or key cannot be used (PEM, the key not encrypted): ${certFile}, ${keyFile}: ${reason}`,
    )
  }
}

const unusable = (zh: string, en: string): ReadCertificate => ({ kind: 'unusable', zh, en })

/** Errors: one that says what is wrong with the files. Later ones that cannot be used are logged, and the last good one stays. */
export function serveCertificate(files: CertificateFiles, { log, clock }: { log: Log; clock: Clock }): ServedCertificate {
  let current = readCertificate(files)
  if (current.kind === 'unusable') throw new Error(`${current.zh}\n${current.en}`)
  const told = new Set<string>()
  const servers = new Set<Server>()
  const remind = (notAfterMs: number) => {
    const leftMs = notAfterMs - clock.nowMs()
    const day = Math.floor(leftMs / DAY_MS)
    if (leftMs > WARN_BEFORE_MS || told.has(`${notAfterMs} ${day}`)) return
    told.add(`${notAfterMs} ${day}`)
    log.warn({ certFile: files.certFile, days: day }, leftMs < 0 ? 'the TLS certificate has expired' : 'the TLS certificate expires soon')
  }
  const look = () => {
    const found = readCertificate(files)
    if (found.kind === 'unusable') {
      // Between the two files of a renewal for a moment, or for good.
      if (!told.has(found.en)) log.warn({ reason: found.en }, 'the new TLS certificate is not used')
      told.add(found.en)
      return
    }
    remind(found.notAfterMs)
    if (current.kind === 'usable' && found.cert.equals(current.cert) && found.key.equals(current.key)) return
    current = found
    told.clear()
    for (const server of servers) server.setSecureContext(optionsOf(found))
    log.info({ names: found.subject, until: new Date(found.notAfterMs).toISOString() }, 'the TLS certificate was renewed')
  }
  // Looked at by time: what notices changes misses links that are moved, as certbot's are.
  const timer = setInterval(look, LOOK_MS).unref()
  remind(current.notAfterMs)
  return { options: optionsOf(current), follow: (server) => void servers.add(server), stop: () => clearInterval(timer) }
}

const optionsOf = ({ cert, key }: { cert: Buffer; key: Buffer }): TlsOptions => ({
  cert,
  key,
  minVersion: 'TLSv1.2',
  ciphers: CIPHERS,
  honorCipherOrder: true,
  handshakeTimeout: 10_000,
})
