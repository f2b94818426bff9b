import { Alert, App, Button, Empty, Space } from 'antd'
import { useSearchParams } from 'react-router'
import { ApiError, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { formatDate, formatDateTime } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { ErrorNote, Page } from '#ui/page.tsx'
import type { ShipmentId } from '../contract.ts'
import { readScan } from '../labels/scan.ts'
import type { Expected } from '../receiving-contract.ts'
import { countScan, startCounting } from './counting.ts'
import { isOfShipment, type Waiting } from './receipt-queue.ts'
import { ReceiveShipment } from './receive-shipment.tsx'
import { ScanField } from './scan-field.tsx'
import { ShipmentStateTag } from './shipment-words.tsx'
import { type Receiving, useReceiving } from './use-receiving.ts'
import { WithoutNotice } from './without-notice.tsx'
import './logistics.css'

/** Receiving by phone or PDA: scan, count, confirm; without a network it waits on the device. */
export function Component() {
  const t = useWords('logistics')
  const receiving = useReceiving()
  const [params, setParams] = useSearchParams()
  const { expected } = receiving
  const shipment = expected?.shipments.find((one) => one.id === params.get('shipment'))
  const open = (id: string | undefined) => setParams(id === undefined ? {} : { shipment: id })
  return (
    <Page title={t('menu.receive')}>
      <div className="rc">
        <Queue receiving={receiving} />
        {expected && receiving.stale && <p className="ls-quiet">{t('rc.asOf', { at: formatDateTime(expected.asOf) })}</p>}
        {!expected && receiving.error ? (
          <ErrorNote error={receiving.error} onRetry={() => void receiving.refetch()} />
        ) : expected && shipment ? (
          <ReceiveShipment
            key={shipment.id}
            shipment={shipment}
            expected={expected}
            receiving={receiving}
            onClose={() => open(undefined)}
          />
        ) : expected && params.has('without') ? (
          <WithoutNotice expected={expected} receiving={receiving} onOpen={open} onClose={() => open(undefined)} />
        ) : (
          expected && (
            <Arriving expected={expected} receiving={receiving} onOpen={open} onWithout={() => setParams({ without: 'notice' })} />
          )
        )}
      </div>
    </Page>
  )
}

/** Without a notice it is known by its supplier. */
const nameOf = ({ shipmentNumber, supplierName }: Waiting) => shipmentNumber || supplierName

function Queue({ receiving }: { receiving: Receiving }) {
  const t = useWords('logistics')
  const waiting = receiving.queue.filter((one) => !one.refused)
  return (
    <>
      {waiting.length > 0 && (
        <Alert
          type="warning"
          showIcon
          className="rc-banner"
          title={t('rc.waiting', { n: waiting.length })}
          description={waiting.map(nameOf).join('、')}
        />
      )}
      {receiving.queue.map((one) =>
        one.refused ? <RefusedReceipt key={one.input.receiptKey} waiting={one} refused={one.refused} receiving={receiving} /> : null,
      )}
    </>
  )
}

interface RefusedProps {
  waiting: Waiting
  refused: NonNullable<Waiting['refused']>
  receiving: Receiving
}

function RefusedReceipt({ waiting, refused, receiving: { drop, insist } }: RefusedProps) {
  const t = useWords('logistics')
  const { modal } = App.useApp()
  const { receiptKey } = waiting.input
  const ask = () =>
    modal.confirm({
      title: t('rc.dropTitle', { number: nameOf(waiting) }),
      content: t('rc.dropText'),
      okText: t('rc.drop'),
      okButtonProps: { danger: true },
      cancelText: t('ui:cancel'),
      onOk: () => drop(receiptKey),
    })
  return (
    <Alert
      type="error"
      showIcon
      className="rc-banner"
      title={t('rc.refused', { number: nameOf(waiting) })}
      description={
        <>
          <p>{errorText(new ApiError(refused.code, 422, refused.detail, refused.details, {}), t)}</p>
          <Space wrap>
            {refused.code === 'logistics.noticeOpen' && (
              <Button onClick={() => void insist(receiptKey, (refused.details.shipmentIds ?? []) as ShipmentId[])}>
                {t('rc.otherGoods')}
              </Button>
            )}
            <Button danger onClick={ask}>
              {t('rc.drop')}
            </Button>
          </Space>
        </>
      }
    />
  )
}

/** What a scan leads to: the shipment that has this packing unit, these goods, this number. */
interface ArrivingProps {
  expected: Expected
  receiving: Receiving
  onOpen: (id: string) => void
  onWithout: () => void
}

function Arriving({ expected, receiving, onOpen, onWithout }: ArrivingProps) {
  const t = useWords('logistics')
  const locale = useLocale()
  const { message } = App.useApp()
  const waits = (id: string) => receiving.queue.some((one) => isOfShipment(one, id))
  const scanned = (text: string) => {
    const templates = expected.barcodes.map((one) => one.template)
    const scan = readScan(text, templates, formatDate(nowMs()), expected.goodsCodes)
    const byNumber = expected.shipments.find((one) => one.number?.toLowerCase() === text.toLowerCase())
    if (byNumber) return onOpen(byNumber.id)
    for (const shipment of expected.shipments) {
      const counting = receiving.kept.counting(shipment.id) ?? startCounting(shipment)
      const outcome = countScan(shipment, counting, scan, expected.goodsCodes)
      if (outcome.kind !== 'counted' && outcome.kind !== 'again') continue
      if (outcome.kind === 'counted') receiving.kept.keepCounting(shipment.id, outcome.counting)
      return onOpen(shipment.id)
    }
    void message.warning(t(scan.kind === 'unknown' ? 'rc.unknownCode' : 'rc.notExpected'))
  }
  return (
    <>
      <ScanField onScan={scanned} hint={t('rc.scanAny')} />
      <Button block size="large" className="rc-without" onClick={onWithout}>
        {t(receiving.kept.chosen() ? 'rc.goOnWithout' : 'rc.startWithout')}
      </Button>
      {expected.shipments.length === 0 ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('rc.nothing')} />
      ) : (
        <ul className="rc-cards">
          {expected.shipments.map((shipment) => (
            <li key={shipment.id}>
              <button type="button" className="rc-card" onClick={() => onOpen(shipment.id)}>
                <strong>{nameIn(locale, shipment.supplier.name, shipment.supplier.nameEn)}</strong>
                <span>
                  {shipment.number} <ShipmentStateTag state={shipment.state} />
                </span>
                <span className="ls-quiet">
                  {t('rc.card', { at: formatDateTime(shipment.arrival.at), lines: shipment.lineCount, packs: shipment.packCount })}{' '}
                  {shipment.vehicle}
                </span>
                {waits(shipment.id) && <span>{t('rc.savedHere')}</span>}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
