import { formatDate, formatMoney, formatPrice, formatQuantity } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { writePercent } from '#values/decimal.ts'
import { writeMoney } from '#values/money.ts'
import { unitName } from '#values/units.ts'
import type { Invoice, InvoiceLine, MatchReason } from '../invoice-contract.ts'
import { Amount } from './money-text.tsx'

/** Order, receipt and invoice side by side; what differs in words below its line. */
export function MatchTable({ invoice }: { invoice: Invoice }) {
  const t = useWords('finance')
  const words = useReasonWords(invoice)
  // Before the tax invoice there is nothing to compare with.
  const bill = ['proposed', 'disputed', 'confirmed'].includes(invoice.state)
  const title = t(bill ? 'selfBill.lines' : 'match.title')
  const head = (key: string) => t(bill ? `selfBill.heads.${key}` : `match.${key}`)
  const ofAll = (invoice.reasons ?? []).filter((reason) => reason.lineNo === null)
  return (
    <Section title={title} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="fin-scroll" tabIndex={0}>
        <table className="fin-voucher fin-match" aria-label={title}>
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                {t('match.material')}
              </th>
              <th scope="colgroup" colSpan={2}>
                {head('order')}
              </th>
              <th scope="colgroup" colSpan={2}>
                {head('receipt')}
              </th>
              <th scope="colgroup" colSpan={3}>
                {head('invoice')}
              </th>
            </tr>
            <tr>
              <th scope="col">{t('match.orderNumber')}</th>
              <th scope="col" className="fin-right">
                {t('match.price')}
              </th>
              <th scope="col">{head('receiptNumber')}</th>
              <th scope="col" className="fin-right">
                {head('open')}
              </th>
              <th scope="col" className="fin-right">
                {head('quantity')}
              </th>
              <th scope="col" className="fin-right">
                {t('match.net')}
              </th>
              <th scope="col" className="fin-right">
                {t('match.tax')}
              </th>
            </tr>
          </thead>
          <tbody>
            {invoice.lines.map((line) => (
              <Line
                key={line.lineNo}
                line={line}
                reasons={(invoice.reasons ?? []).filter((reason) => reason.lineNo === line.lineNo)}
                words={words}
              />
            ))}
            {invoice.lines.length === 0 && (
              <tr>
                <td colSpan={8}>{t('match.noLines')}</td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {ofAll.length > 0 && (
        <ul className="fin-reasons">
          {ofAll.map((reason) => (
            <li key={reason.kind}>▲ {words(reason)}</li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function Line({ line, reasons, words }: { line: InvoiceLine; reasons: MatchReason[]; words: (reason: MatchReason) => string }) {
  const t = useWords('finance')
  const unit = unitName(line.unit, useLocale() === 'en-US')
  const wrong = (...kinds: MatchReason['kind'][]) =>
    reasons.some(({ kind }) => kinds.includes(kind)) ? 'fin-right fin-wrong' : 'fin-right'
  return (
    <>
      <tr>
        <td>
          {line.materialCode} {line.materialName}
        </td>
        <td>{line.orderNumber || t('statementKinds.usage')}</td>
        <td className="fin-right">
          {formatPrice(line.net.currency, line.netPrice)}/{unit}
          <div className="ls-quiet">{writePercent(line.taxRate)}</div>
        </td>
        <td>
          {line.receiptNumber}
          <div className="ls-quiet">{formatDate(line.day)}</div>
        </td>
        <td className="fin-right">{formatQuantity(line.open, unit)}</td>
        <td className={wrong('quantity')}>{formatQuantity(line.invoiced, unit)}</td>
        <td className={wrong('price')}>
          <Amount money={line.net} />
        </td>
        <td className={wrong('taxRate', 'tax')}>
          <Amount money={line.tax} />
          <div className="ls-quiet">{writePercent(line.invoiceTaxRate)}</div>
        </td>
      </tr>
      {reasons.length > 0 && (
        <tr>
          <td colSpan={8} className="fin-reasons">
            {reasons.map((reason) => (
              <div key={reason.kind}>▲ {words(reason)}</div>
            ))}
          </td>
        </tr>
      )}
    </>
  )
}

function useReasonWords(invoice: Invoice) {
  const t = useWords('finance')
  const { currency } = invoice.gross
  return (reason: MatchReason): string => {
    const amounts = ['price', 'net', 'tax'].includes(reason.kind)
    const show = (text: string) => {
      if (text === '') return ''
      if (reason.kind === 'taxRate') return writePercent(text)
      return amounts ? formatMoney(writeMoney(currency, BigInt(text))) : text
    }
    return t(`match.reasons.${reason.kind}`, { expected: show(reason.expected), actual: show(reason.actual) })
  }
}
