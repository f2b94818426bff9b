import type { Routes } from '#kernel/http.ts'
import { chinaDay } from '#values/instant.ts'
import { payableApi } from '../../payable-contract.ts'
import type { Rooms } from '../rooms.ts'
import { readTermRules, setTerm, setTermRule } from './change-terms.ts'
import { disputePayable } from './dispute-payable.ts'
import { ageing, payablePage } from './payable-store.ts'
import { paymentPage, readPayment } from './payment-store.ts'
import { cancelPayment, recordPayment } from './record-payment.ts'
import { readSetting, writeSetting } from './setting-store.ts'
import { readAgreed, readRules } from './term-store.ts'

export const payableRoutes =
  (rooms: Rooms): Routes =>
  (on) => {
    const { db } = rooms
    on.serve(payableApi.payables, ({ ctx, query }) => db.inTenant(ctx, (tx) => payablePage(tx, query, chinaDay(ctx.now))))
    on.serve(payableApi.ageing, async ({ ctx, query }) => {
      const today = chinaDay(ctx.now)
      return { today, rows: await db.inTenant(ctx, (tx) => ageing(tx, query.side, today)) }
    })
    on.serve(payableApi.dispute, ({ ctx, params, body }) => disputePayable(rooms, ctx, params.id, body))
    on.serve(payableApi.payments, ({ ctx, query }) => db.inTenant(ctx, (tx) => paymentPage(tx, query)))
    on.serve(payableApi.payment, ({ ctx, params }) => db.inTenant(ctx, (tx) => readPayment(tx, params.id)))
    on.serve(payableApi.pay, ({ ctx, body }) => recordPayment(rooms, ctx, body))
    on.serve(payableApi.cancelPayment, ({ ctx, params, body }) => cancelPayment(rooms, ctx, params.id, body))
    on.serve(payableApi.terms, ({ ctx }) =>
      db.inTenant(ctx, async (tx) => ({ rules: await readRules(tx.sql), agreed: await readAgreed(tx) })),
    )
    on.serve(payableApi.setTerm, async ({ ctx, body }) => ({ agreed: await setTerm(rooms, ctx, body) }))
    on.serve(payableApi.termRules, async ({ ctx }) => ({ rules: await readTermRules(rooms, ctx) }))
    on.serve(payableApi.setTermRule, async ({ ctx, body }) => ({ rules: await setTermRule(rooms, ctx, body) }))
    on.serve(payableApi.setting, ({ ctx }) => db.inTenant(ctx, readSetting))
    on.serve(payableApi.setSetting, ({ ctx, body }) => db.inTenant(ctx, (tx) => writeSetting(tx, body)))
  }
