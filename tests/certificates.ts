import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CertificateFiles } from '#kernel/certificate.ts'
import { issueServerCertificate, type KeyAndCertificate, makeAuthority } from '../tools/certificates.ts'

export interface TestCertificates extends CertificateFiles {
  caFile: string
  /** Another certificate of the same authority in place of the one that lies there. */
  renew(names: readonly string[], change?: { days?: number }): Promise<void>
  remove(): void
}

/** An authority of the test's own and a certificate of it for this machine. */
export async function testCertificates(): Promise<TestCertificates> {
  const folder = mkdtempSync(join(tmpdir(), 'lianshu-tls-'))
  const file = (name: string) => join(folder, name)
  const authority: KeyAndCertificate = await makeAuthority('Test', 'ecdsa', new Date())
  writeFileSync(file('ca.crt'), authority.cert)
  const renew: TestCertificates['renew'] = async (names, { days = 30 } = {}) => {
    const { key, cert } = await issueServerCertificate(authority, { names, days, type: 'ecdsa', now: new Date() })
    writeFileSync(file('server.key'), key, { mode: 0o600 })
    writeFileSync(file('server.crt'), cert)
  }
  await renew(['localhost', '127.0.0.1'])
  return {
    caFile: file('ca.crt'),
    certFile: file('server.crt'),
    keyFile: file('server.key'),
    renew,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
