import { createHash, X509Certificate } from 'node:crypto'
import { LinkLost } from '../driver.ts'
import { thumbprintOf } from './own-certificate.ts'

/** 64 hexadecimal digits, however they were written. */
const digits = (thumbprint: string): string => thumbprint.replaceAll(/[^0-9A-Fa-f]/g, '').toUpperCase()

/**
 * Is this the server that a person has confirmed? Nothing is trusted that nobody compared; the thumbprint in the link's settings is the whole
 * trust list. Errors: LinkLost opcua.certificateUnknown, opcua.certificateChanged, opcua.certificateExpired, opcua.certificateUnreadable.
 */
export function judgeServer(der: Uint8Array, trusted: string | undefined, nowMs: number): void {
  const leaf = leafOf(der)
  if (!leaf) throw new LinkLost('opcua.certificateUnreadable')
  const thumbprint = thumbprintOf(leaf.raw)
  const details = {
    thumbprint,
    sha1: createHash('sha1').update(leaf.raw).digest('hex').toUpperCase(),
    subject: leaf.subject.replaceAll('\n', ', ').slice(0, 300),
    validUntil: leaf.validToDate.toISOString().slice(0, 10),
  }
  if (trusted === undefined) throw new LinkLost('opcua.certificateUnknown', undefined, details)
  if (digits(trusted) !== thumbprint) throw new LinkLost('opcua.certificateChanged', undefined, { ...details, trusted: digits(trusted) })
  if (leaf.validToDate.getTime() < nowMs) throw new LinkLost('opcua.certificateExpired', undefined, details)
}

/** The server's own certificate; its issuers' may stand behind it (OPC 10000-6 §6.2.6). */
function leafOf(der: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(der))
  } catch {
    return undefined
  }
}
