import { EMPTY, formatMoney } from '#ui/format.ts'
import { groupDigits } from '#values/decimal.ts'
import type { Money } from '#values/money.ts'

/** 1,234.50 without its currency, as in the columns of a voucher. */
export const amountText = (money: Money | null | undefined): string => (money ? groupDigits(money.amount) : EMPTY)

/** An amount in a column: red where it is negative (红字). */
export function Amount({ money, sign = false }: { money: Money | null; sign?: boolean }) {
  return (
    <span className={money?.amount.startsWith('-') ? 'fin-amount fin-red' : 'fin-amount'}>
      {sign ? formatMoney(money) : amountText(money)}
    </span>
  )
}

/** 记-42: the word and number that accountants write; the whole number has year and month too. */
export const voucherWord = (number: string): string => `记-${Number(number.split('-').at(-1))}`
