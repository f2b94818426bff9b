import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { OrderBound } from '#modules/trade/orders/public.ts'
import type { AgreementId, agreementApi } from './agreement-contract.ts'
import type { RequestId, sourcingApi } from './contract.ts'

/** For first data, by the newest version. Errors: as the endpoints. */
export interface SourcingPublic {
  /** For orders: what the order of a call-off may come to. */
  boundCallOff: OrderBound
  publishRequest(ctx: Context, draft: z.input<typeof sourcingApi.create.body>): Promise<RequestId>
  /** By a supplier that was invited. */
  bid(ctx: Context, id: RequestId, bid: Omit<z.input<typeof sourcingApi.bid.body>, 'version'>): Promise<void>
  proposeAgreement(ctx: Context, agreement: z.input<typeof agreementApi.create.body>): Promise<AgreementId>
  /** By the supplier. */
  signAgreement(ctx: Context, id: AgreementId): Promise<void>
  /** Returns the order that it became. */
  callOff(
    ctx: Context,
    id: AgreementId,
    callOff: Omit<z.input<typeof agreementApi.callOff.body>, 'version'>,
  ): Promise<{ orderId: string; number: string }>
}
