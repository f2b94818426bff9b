import { z } from 'zod'
import { PartnerTier } from '#modules/foundation/programme/contract.ts'
import { readTradeKey } from './trade-file.ts'

const Text = z.string().min(1).max(200)

const Member = z.strictObject({
  supplier: Text,
  delivers: Text,
  contact: Text,
  /** How far it has come: asked to join, has applied, is looked at, is in, is in and held back. */
  state: z.enum(['invited', 'applied', 'underReview', 'admitted', 'suspended']),
  daysAgo: z.int().min(0),
  tier: PartnerTier.optional(),
  contractNo: z.string().optional(),
  reason: z.string().optional(),
})

/** Not on the platform; its credit code is made of the number. */
const Newcomer = z.strictObject({ name: Text, number: z.int(), contact: Text, delivers: Text })

const ProgrammeKey = z.strictObject({ leader: Text, members: z.array(Member), newcomers: z.array(Newcomer) })
export type DemoProgramme = z.infer<typeof ProgrammeKey>

/** Whom the demo chain's leader has in its programme of partners, and how far each has come. */
export const loadDemoProgramme = (): DemoProgramme => readTradeKey('programme', ProgrammeKey)
