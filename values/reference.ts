import { z } from 'zod'

/** Of an outside system, or of a kind of number in it: `sap-ecc`, `equipment`. Small letters, so that SAP and sap are one. */
export const ReferenceWord = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?$/, { message: 'referenceWord' })

/** The number itself, exactly as the outside system writes it. */
export const ReferenceText = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}+$/u, { message: 'referenceKey' })

/** How an outside system names one record: which system, which kind of number, the number. */
export const ReferenceKey = z.object({ system: ReferenceWord, type: ReferenceWord, key: ReferenceText })
export type ReferenceKey = z.infer<typeof ReferenceKey>

/** What the platform writes down for itself. */
export const RESERVED_SYSTEM = 'lianshu'

const WRITTEN = /^([^/:]+)\/([^/:]+):(.+)$/

/** `sap/equipment:10002345` as a cell of a spreadsheet holds it. */
export function readReferenceKey(text: string): ReferenceKey | undefined {
  const [, system, type, key] = WRITTEN.exec(text.normalize('NFKC').trim()) ?? []
  const { data } = ReferenceKey.safeParse({ system, type, key })
  return data?.system === RESERVED_SYSTEM ? undefined : data
}

export const writeReferenceKey = ({ system, type, key }: ReferenceKey): string => `${system}/${type}:${key}`
