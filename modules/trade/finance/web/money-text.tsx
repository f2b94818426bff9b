import { EMPTY } from '#ui/format.ts'
import type { Money } from '#values/money.ts'

const SIGNS: Record<string, string> = { CNY: '¥', USD: 'US$', EUR: '€', HKD: 'HK$', JPY: 'JP¥', KRW: '₩' }

const grouped = (amount: string): string => {
  const [whole = '', fraction] = amount.replace('-', '').split('.')
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? text : `${text}.${fraction}`
}

/** 1,234.50 without its currency, as in the columns of a voucher. */
export const amountText = (money: Money | null | undefined): string =>
  money ? `${money.amount.startsWith('-') ? '-' : ''}${grouped(money.amount)}` : EMPTY

/** ¥1,234.50 */
export const moneyText = (money: Money | null | undefined): string =>
  money ? `${money.amount.startsWith('-') ? '-' : ''}${SIGNS[money.currency] ?? money.currency}${grouped(money.amount)}` : EMPTY

/** An amount in a column: red where it is negative (红字). */
export function Amount({ money, sign = false }: { money: Money | null; sign?: boolean }) {
  return (
    <span className={money?.amount.startsWith('-') ? 'fin-amount fin-red' : 'fin-amount'}>
      {sign ? moneyText(money) : amountText(money)}
    </span>
  )
}

/** 记-42: the word and number that accountants write; the whole number has year and month too. */
export const voucherWord = (number: string): string => `记-${Number(number.split('-').at(-1))}`
