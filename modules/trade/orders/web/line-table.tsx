import { Button } from 'antd'
import { formatMoney, formatPrice, formatQuantity } from '#ui/format.ts'
import { useLocale, useWords, type Words } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import { writePercent } from '#values/decimal.ts'
import { writeMoney } from '#values/money.ts'
import { unitName } from '#values/units.ts'
import type { Change } from '../content-diff.ts'
import type { Delivery, Order } from '../contract.ts'
import { deliveryOf, type LineContent, lineAmounts } from '../order-content.ts'
import { ExpediteTag } from './expedite-forms.tsx'
import { totalOf } from './proposal-form.ts'

const tones: Record<'onTime' | 'late' | 'overdue' | 'open', Tone> = { onTime: 'good', late: 'warning', overdue: 'bad', open: 'neutral' }

interface Expediting {
  /** Of which deliveries the answer is outstanding. */
  asked: ReadonlySet<string>
  ask: (line: LineContent, delivery: Delivery) => void
}

interface TableProps {
  order: Order
  lines: readonly LineContent[]
  changes: readonly Change[]
  /** For the buyer: asks for a delivery on another day. */
  expediting?: Expediting | undefined
}

/** Lines with their deliveries: what was asked, confirmed, shipped, received. `changes` of an open proposal are marked. */
export function LineTable({ order, lines, changes, expediting }: TableProps) {
  const t = useWords('orders')
  const counted = order.agreedRevision !== null
  const heads = ['line', 'material', 'price', 'requested', 'confirmed', ...(counted ? ['shipped', 'accepted', 'left', 'punctual'] : [])]
  return (
    <div className="orders-lines-scroll">
      <table className="orders-lines">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {t(`lines.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Line
              key={line.no}
              line={line}
              order={order}
              counted={counted}
              changes={changes.filter((change) => change.line === line.no)}
              expediting={expediting}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface LineProps {
  line: LineContent
  order: Order
  counted: boolean
  changes: readonly Change[]
  expediting: Expediting | undefined
}

function Line({ line, order, counted, changes, expediting }: LineProps) {
  const t = useWords('orders')
  const english = useLocale() === 'en-US'
  const { currency } = order.content.terms
  const unit = unitName(line.unit, english)
  const span = line.rejected ? 1 : line.schedule.length
  const marked = (field: Change['field']) =>
    changes.some((change) => change.schedule === null && change.field === field) ? 'changed' : undefined
  const amounts = lineAmounts(currency, line)
  return line.schedule.slice(0, span).map((schedule, i) => (
    <tr key={schedule.no} data-first={i === 0 || undefined} data-dropped={line.rejected ? true : undefined}>
      {i === 0 && (
        <>
          <td rowSpan={span} data-label={t('lines.line')} data-mark={marked('line')}>
            {line.no}
          </td>
          <td rowSpan={span} data-label={t('lines.material')} className="orders-material">
            <div>
              <strong>{line.materialCode}</strong> {line.materialName}
            </div>
            {line.specification && <div className="ls-quiet">{line.specification}</div>}
            {line.supplierCode && (
              <div className="ls-quiet">
                {t('lines.supplierCode')} {line.supplierCode}
              </div>
            )}
          </td>
          <td rowSpan={span} data-label={t('lines.price')} className="orders-number" data-mark={marked('netPrice') ?? marked('taxRate')}>
            {formatPrice(currency, line.netPrice)}
            <div className="ls-quiet">{t('lines.tax', { rate: writePercent(line.taxRate) })}</div>
            <div>{formatMoney(writeMoney(currency, amounts.net))}</div>
          </td>
        </>
      )}
      {line.rejected ? (
        <td colSpan={counted ? 6 : 2} data-label={t('field.state')} data-mark={marked('rejected')}>
          <div>
            <StatusTag tone="bad">{t('lines.dropped', { side: t(`sides.${line.rejected.by}`) })}</StatusTag> {line.rejected.reason}
          </div>
        </td>
      ) : (
        <ScheduleCells
          line={line}
          schedule={schedule}
          unit={unit}
          counted={counted}
          delivery={order.deliveries.find((d) => d.lineNo === line.no && d.scheduleNo === schedule.no)}
          changes={changes.filter((change) => change.schedule === schedule.no)}
          expediting={expediting}
          t={t}
        />
      )}
    </tr>
  ))
}

interface CellsProps {
  line: LineContent
  schedule: LineContent['schedule'][number]
  unit: string
  counted: boolean
  delivery: Delivery | undefined
  changes: readonly Change[]
  expediting: Expediting | undefined
  t: Words
}

function ScheduleCells({ line, schedule, unit, counted, delivery, changes, expediting, t }: CellsProps) {
  const { requested, confirmed } = schedule
  const stands = deliveryOf(schedule)
  const mark = changes.some(({ field }) => field === 'delivery') ? 'new' : changes.length > 0 ? 'changed' : undefined
  const was = changes
    .flatMap(({ field, before }) => (before !== null && (field === 'quantity' || field === 'day') ? [before] : []))
    .join(' · ')
  const markRequested = confirmed ? undefined : mark
  return (
    <>
      <td data-label={t('lines.requested')} data-mark={markRequested}>
        {requested ? (
          <>
            {formatQuantity(requested.quantity, unit)}
            <div>{requested.day}</div>
          </>
        ) : (
          <span className="ls-quiet">{t('lines.notRequested')}</span>
        )}
        {markRequested && was && <div className="orders-was">{t('lines.was', { was })}</div>}
      </td>
      <td data-label={t('lines.confirmed')} data-mark={confirmed ? mark : undefined}>
        {confirmed || counted ? (
          <>
            {formatQuantity(stands.quantity, unit)}
            <div>{stands.day}</div>
            {stands.reason && <div className="ls-quiet">{stands.reason}</div>}
          </>
        ) : (
          <span className="ls-quiet">{t('lines.notConfirmed')}</span>
        )}
        {confirmed && mark && was && <div className="orders-was">{t('lines.was', { was })}</div>}
        {line.schedule.length > 1 && line.schedule.at(-1) === schedule && (
          <div className="ls-quiet">{t('lines.sum', { total: formatQuantity(totalOf(line), unit) })}</div>
        )}
      </td>
      {counted && (
        <>
          <td data-label={t('lines.shipped')}>{formatQuantity(delivery?.shipped ?? null)}</td>
          <td data-label={t('lines.accepted')}>
            {formatQuantity(delivery?.accepted ?? null)}
            {delivery && delivery.rejected !== '0' && (
              <div className="orders-late">{t('lines.rejected', { n: formatQuantity(delivery.rejected) })}</div>
            )}
          </td>
          <td data-label={t('lines.left')}>
            {formatQuantity(delivery?.left ?? null)}
            {delivery && delivery.state === 'agreed' && delivery.left !== '0' && expediting && (
              <div>
                {expediting.asked.has(delivery.id) ? (
                  <ExpediteTag state="asked" />
                ) : (
                  <Button size="small" onClick={() => expediting.ask(line, delivery)}>
                    {t('expedite.ask')}
                  </Button>
                )}
              </div>
            )}
          </td>
          <td data-label={t('lines.punctual')}>
            {delivery?.punctuality && <StatusTag tone={tones[delivery.punctuality]}>{t(`punctuality.${delivery.punctuality}`)}</StatusTag>}
            {delivery?.wholeOn && <div className="ls-quiet">{t('lines.wholeOn', { day: delivery.wholeOn })}</div>}
          </td>
        </>
      )}
    </>
  )
}
