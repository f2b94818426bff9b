import { decimal, writeDecimal } from '#values/decimal.ts'
import { readMoney, writeMoney } from '#values/money.ts'
import { financeErrors } from '../../errors.ts'
import type { Setting } from '../../payable-contract.ts'
import type { Tolerances } from '../invoices/match-rules.ts'
import type { FinanceTx } from '../tables.ts'

/** Where an organisation has set nothing: six fen for what rounding makes of a line and of an invoice, nothing else. */
const BY_DEFAULT: Setting = {
  priceFraction: '0',
  lineAmount: { currency: 'CNY', amount: '0.06' },
  taxAmount: { currency: 'CNY', amount: '0.06' },
  quantityFraction: '0',
  defaultDays: 30,
  version: 0,
}

export async function readSetting(tx: FinanceTx): Promise<Setting> {
  const row = await tx.sql.selectFrom('finance.setting').selectAll().where('org_id', '=', tx.orgId).executeTakeFirst()
  return row
    ? {
        priceFraction: writeDecimal(decimal(row.price_fraction)),
        lineAmount: writeMoney('CNY', BigInt(row.line_amount)),
        taxAmount: writeMoney('CNY', BigInt(row.tax_amount)),
        quantityFraction: writeDecimal(decimal(row.quantity_fraction)),
        defaultDays: row.default_days,
        version: row.version,
      }
    : BY_DEFAULT
}

/** Amounts count as minor units of whatever currency an invoice has. */
export async function readTolerances(tx: FinanceTx): Promise<Tolerances> {
  const setting = await readSetting(tx)
  return {
    priceFraction: decimal(setting.priceFraction),
    lineAmount: readMoney(setting.lineAmount),
    taxAmount: readMoney(setting.taxAmount),
    quantityFraction: decimal(setting.quantityFraction),
  }
}

/** Errors: finance.changedMeanwhile. */
export async function writeSetting(tx: FinanceTx, setting: Setting): Promise<Setting> {
  const values = {
    price_fraction: setting.priceFraction,
    line_amount: readMoney(setting.lineAmount),
    tax_amount: readMoney(setting.taxAmount),
    quantity_fraction: setting.quantityFraction,
    default_days: setting.defaultDays,
    version: setting.version + 1,
  }
  const written =
    setting.version === 0
      ? await tx.sql
          .insertInto('finance.setting')
          .values({ org_id: tx.orgId, ...values })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst()
      : await tx.sql
          .updateTable('finance.setting')
          .set(values)
          .where('org_id', '=', tx.orgId)
          .where('version', '=', setting.version)
          .returning('id')
          .executeTakeFirst()
  if (!written) throw financeErrors.changedMeanwhile()
  return readSetting(tx)
}
