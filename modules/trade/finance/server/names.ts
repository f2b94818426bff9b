import type { OpaqueTx } from '#kernel/postgres.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { OrgId } from '#values/ids.ts'
import { financeErrors } from '../errors.ts'

/** Names of the own organisation and its partners, of all asked for at once. Errors, at the look-up: finance.partnerUnknown. */
export type Names = (tx: OpaqueTx, ids: readonly OrgId[]) => Promise<(id: OrgId) => string>

export const namesFrom =
  (organisations: Pick<OrganisationsPublic, 'labels'>): Names =>
  async (tx, ids) => {
    const labels = await organisations.labels(tx, [...new Set(ids)])
    return (id) => {
      const label = labels.get(id)
      if (!label) throw financeErrors.partnerUnknown({ orgId: id })
      return label.name
    }
  }
