import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { Instant } from '#values/instant.ts'
import {
  Application,
  CERTIFICATE_MAX_BYTES,
  Certificate,
  CertificateId,
  CertificateQuery,
  PartnerState,
  StoredApplication,
} from './contract.ts'
import { programmeErrors } from './errors.ts'

export const Token = z.string().regex(/^[A-Za-z0-9_-]{43}$/, { message: 'link' })
const none = z.object({})

/** For whoever holds a link of invitation and has no account. */
export const joinApi = {
  join: endpoint({
    method: 'POST',
    path: '/programme/join',
    summary: 'What a link of invitation is for, and whether it can still be used.',
    permission: 'public',
    params: none,
    query: none,
    body: z.object({ token: Token }),
    question: true,
    response: z.object({
      buyerName: z.string(),
      name: z.string(),
      creditCode: z.string(),
      contactName: z.string(),
      contactPhone: z.string().nullable(),
      contactEmail: z.string().nullable(),
      delivers: z.string().nullable(),
      state: PartnerState,
      reason: z.string().nullable(),
      open: z.boolean(),
      expiresAt: Instant,
      application: StoredApplication.nullable(),
      certificates: z.array(Certificate),
      minPasswordLength: z.int(),
    }),
    errors: [programmeErrors.linkInvalid],
  }),
  joinCertificate: endpoint({
    method: 'POST',
    path: '/programme/join/certificates',
    summary: 'A certificate that goes with an application by link (`Authorization: Bearer` and the link’s token).',
    permission: 'public',
    params: none,
    query: CertificateQuery,
    body: z.undefined(),
    takes: 'bytes',
    bodyLimit: CERTIFICATE_MAX_BYTES,
    response: Certificate,
    status: 201,
    errors: [programmeErrors.linkInvalid, programmeErrors.tooManyFiles],
  }),
  joinRemoveCertificate: endpoint({
    method: 'POST',
    path: '/programme/join/certificates/remove',
    summary: 'Takes back a certificate before the application is handed in.',
    permission: 'public',
    params: none,
    query: none,
    body: z.object({ token: Token, id: CertificateId }),
    response: z.object({ done: z.literal(true) }),
    errors: [programmeErrors.linkInvalid, programmeErrors.certificateNotFound],
  }),
  joinApply: endpoint({
    method: 'POST',
    path: '/programme/join/apply',
    summary: 'Hands in the application by link, with the log-in that its first person will have once it is admitted.',
    permission: 'public',
    params: none,
    query: none,
    body: Application.extend({
      token: Token,
      login: z
        .string()
        .trim()
        .toLowerCase()
        .regex(/^[a-z0-9][a-z0-9._@-]{2,59}$/, { message: 'loginName' }),
      password: z.string().min(1).max(200),
      consent: z.literal(true),
    }),
    response: z.object({ state: PartnerState }),
    errors: [programmeErrors.linkInvalid, programmeErrors.tooManyAttempts],
  }),
}
