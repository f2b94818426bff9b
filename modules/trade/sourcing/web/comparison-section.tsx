import { formatMoney, formatPrice, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section, StatusTag } from '#ui/page.tsx'
import { writePercent } from '#values/decimal.ts'
import type { Currency } from '#values/money.ts'
import type { Compared, RequestDetail } from '../contract.ts'
import { Punctuality, useUnitName } from './sourcing-words.tsx'

/** Bids side by side: a row for each line, a column for each supplier that quoted. */
export function Comparison({ request }: { request: RequestDetail }) {
  const t = useWords('sourcing')
  const unit = useUnitName()
  const quoted = request.suppliers.filter((one) => one.total !== null)
  if (request.phase === 'opened' && quoted.length === 0) return <Section title={t('comparison')}>{t('noBids')}</Section>
  if (quoted.length === 0) return null
  return (
    <Section title={t('comparison')} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="ls-rows" tabIndex={0}>
        <table aria-label={t('comparison')}>
          <thead>
            <tr>
              <th scope="col">{t('line')}</th>
              {quoted.map((one) => (
                <th key={one.supplierId} scope="col">
                  {one.name}
                  <div className="so-th-more">
                    {t('punctuality')} <Punctuality of={one.punctuality} />
                  </div>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {request.comparison.map(({ no, bids }) => {
              const line = request.lines.find((one) => one.no === no)
              return (
                <tr key={no}>
                  <td>
                    {no}. {line?.code} {line?.name}
                    <div className="ls-quiet">
                      {line?.quantity} {unit(line?.unit)}
                    </div>
                  </td>
                  {quoted.map((one) => (
                    <td key={one.supplierId}>
                      <Cell currency={request.currency} compared={bids.find((bid) => bid.supplierId === one.supplierId)} />
                    </td>
                  ))}
                </tr>
              )
            })}
            <tr>
              <td>{t('total')}</td>
              {quoted.map((one) => (
                <td key={one.supplierId}>
                  <b>{formatMoney(one.total)}</b>
                  <div className="ls-quiet">{formatText(one.note)}</div>
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </Section>
  )
}

function Cell({ currency, compared }: { currency: Currency; compared: Compared | undefined }) {
  const t = useWords('sourcing')
  const bid = compared?.bid
  if (!compared || !bid) return <span className="ls-quiet">{t('notQuoted')}</span>
  return (
    <div className="so-cell">
      <span className="so-best">
        <b>{formatPrice(currency, bid.netPrice)}</b> {compared.lowest && <StatusTag tone="good">{t('lowest')}</StatusTag>}
      </span>
      <span className="ls-quiet">
        {t('grossPrice')} {formatPrice(currency, compared.grossPrice)}（{writePercent(bid.taxRate)}）
      </span>
      <span>
        {t('amount')} {formatMoney(compared.amount)}
      </span>
      {bid.leadTimeDays !== null && (
        <span className="so-best">
          {t('leadTime')} {t('days', { n: bid.leadTimeDays })} {compared.soonest && <StatusTag tone="info">{t('soonest')}</StatusTag>}
        </span>
      )}
      {bid.minimum !== null && (
        <span>
          {t('minimum')} {bid.minimum}
        </span>
      )}
      {bid.validUntil !== null && (
        <span>
          {t('validUntil')} {bid.validUntil}
        </span>
      )}
      {bid.mouldOwner !== 'none' && (
        <span>
          {t('mould')} {t(`mouldOwners.${bid.mouldOwner}`)}
          {bid.mouldCost !== null && ` ${formatPrice(currency, bid.mouldCost)}`}
        </span>
      )}
      {bid.note && <span className="ls-quiet">{bid.note}</span>}
    </div>
  )
}
