import type { Clock } from '#kernel/clock.ts'
import type { ServerModule } from '#kernel/module.ts'
import type { Printing } from '#kernel/printer.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import { financePermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { invoiceApi } from './invoice-contract.ts'
import { ledgerApi } from './ledger-contract.ts'
import { financeNotices } from './notices.ts'
import { payableApi } from './payable-contract.ts'
import type { FinancePublic } from './public.ts'
import { selfBillApi } from './self-bill-contract.ts'
import { accrue } from './server/accruals/accrue-receipt.ts'
import { invoiceDocument, paymentDocument, statementDocument, voucherDocument } from './server/documents.ts'
import { invoiceRoutes } from './server/invoices/routes.ts'
import { createSelfBill } from './server/invoices/self-bill.ts'
import { ledgerRoutes } from './server/ledger/routes.ts'
import { namesFrom } from './server/names.ts'
import { limitTerms } from './server/payables/limit-terms.ts'
import { payableRoutes } from './server/payables/routes.ts'
import type { Rooms } from './server/rooms.ts'
import { postSale, postSaleInvoice } from './server/sales/post-sales.ts'
import { financeSearches } from './server/searches.ts'
import { statementRoutes } from './server/statements/routes.ts'
import { postAccruedStock, postInvoicedStock, postStock } from './server/stock/post-stock.ts'
import { accrueUsage, accrueUsed, freezeAtAgreement, matchSubmitted } from './server/subscriptions.ts'
import type { FinanceDatabase, FinanceSystem } from './server/tables.ts'
import { financeTodos } from './server/todos.ts'
import { statementApi } from './statement-contract.ts'
import zh from './zh.json' with { type: 'json' }

interface Deps {
  db: FinanceDatabase
  system: FinanceSystem
  organisations: Pick<OrganisationsPublic, 'labels' | 'facts' | 'sizeClassOn'>
  inventory: Rooms['inventory']
  clock: Clock
  printing: Printing
}

export const financeModule = ({
  db,
  system,
  organisations,
  inventory,
  clock,
  printing,
}: Deps): ServerModule & { public: FinancePublic } => {
  const rooms: Rooms = {
    db,
    system,
    inventory,
    names: namesFrom(organisations),
    sizes: organisations.sizeClassOn,
    isOperator: async (orgId) => (await organisations.facts(orgId))?.kind === 'operator',
  }
  return {
    name: 'finance',
    api: { ...ledgerApi, ...invoiceApi, ...selfBillApi, ...payableApi, ...statementApi },
    permissions: financePermissions,
    words: { zh, en },
    routes: (on) => {
      ledgerRoutes(rooms, printing)(on)
      invoiceRoutes(rooms, printing)(on)
      payableRoutes(rooms)(on)
      statementRoutes(rooms, printing)(on)
    },
    subscriptions: [
      matchSubmitted,
      freezeAtAgreement,
      accrueUsage,
      postSale,
      postSaleInvoice,
      postStock,
      postAccruedStock,
      postInvoicedStock,
    ].map((subscription) => subscription({ ...rooms, organisations, clock })),
    notices: financeNotices,
    searches: financeSearches,
    documents: [invoiceDocument, paymentDocument, statementDocument, voucherDocument],
    todos: financeTodos,
    public: {
      accrueReceipt: (tx, ctx, receipt) => accrue(tx, ctx, rooms, 'receipt', receipt),
      reverseReceipt: (tx, ctx, receipt) => accrue(tx, ctx, rooms, 'return', receipt),
      limitTerms: limitTerms(rooms),
      accrueUsage: (ctx, used) => accrueUsed(rooms, ctx, used),
      proposeSelfBill: (ctx, bill) => createSelfBill(rooms, ctx, bill),
    },
  }
}
