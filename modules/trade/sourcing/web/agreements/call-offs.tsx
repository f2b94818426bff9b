import { Link } from 'react-router'
import { formatDate, formatDateTime, formatPrice, formatQuantity, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section, StatusTag } from '#ui/page.tsx'
import type { Agreement, CallOff } from '../../agreement-contract.ts'
import { useUnitName } from '../sourcing-words.tsx'

/** Numbered without a gap and with the cumulative quantity after each: who misses one sees it. */
export function CallOffs({ agreement }: { agreement: Agreement }) {
  const t = useWords('sourcing')
  if (agreement.releases.length === 0) return <Section title={t('agreement.releases')}>{t('agreement.noReleases')}</Section>
  return (
    <Section title={t('agreement.releases')} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="ls-rows" tabIndex={0}>
        <table aria-label={t('agreement.releases')}>
          <thead>
            <tr>
              <th scope="col">{t('agreement.releases')}</th>
              <th scope="col">{t('material')}</th>
              <th scope="col">{t('agreement.schedule')}</th>
              <th scope="col" className="ls-cell-right">
                {t('quantity')}
              </th>
              <th scope="col" className="ls-cell-right">
                {t('agreement.cumulativeAfter')}
              </th>
              <th scope="col">{t('agreement.orderState')}</th>
            </tr>
          </thead>
          <tbody>
            {agreement.releases.flatMap((release) =>
              release.lines.map((line, i) => <Row key={`${release.id} ${line.no}`} {...{ agreement, release, line }} first={i === 0} />),
            )}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

interface RowProps {
  agreement: Agreement
  release: CallOff
  line: CallOff['lines'][number]
  first: boolean
}

function Row({ agreement, release, line, first }: RowProps) {
  const t = useWords('sourcing')
  const unit = useUnitName()
  return (
    <tr>
      <td>
        {first && (
          <>
            {release.no === null ? (
              <StatusTag tone="warning">{t('agreement.notReleased')}</StatusTag>
            ) : (
              <b>{t('agreement.releaseNo', { no: release.no })}</b>
            )}
            <div className="ls-quiet">{formatDateTime(release.releasedAt ?? release.madeAt)}</div>
            {release.note && <div className="ls-quiet">{release.note}</div>}
          </>
        )}
      </td>
      <td>{formatText(line.material)}</td>
      <td>
        {line.schedule.map((slot) => (
          <div key={`${slot.day} ${slot.quantity}`} className="so-best">
            {formatDate(slot.day)} · {formatQuantity(slot.quantity)}
          </div>
        ))}
      </td>
      <td className="ls-cell-right">
        {formatQuantity(line.quantity)} {unit(line.unit)}
        {line.now && (
          <div className="so-moved">
            {t('agreement.nowQuantity', { n: formatQuantity(line.now.quantity) })} ·{' '}
            {formatPrice(agreement.content.currency, line.now.netPrice)}
          </div>
        )}
      </td>
      <td className="ls-cell-right">{release.no === null ? formatText(null) : formatQuantity(line.cumulative)}</td>
      <td>
        {first && (
          <>
            <Link to={`/orders/${release.orderId}`}>{release.orderNumber}</Link>
            <div className="ls-quiet">{t(`orders:states.${release.orderState}`)}</div>
          </>
        )}
      </td>
    </tr>
  )
}
