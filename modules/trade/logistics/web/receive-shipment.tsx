import { MinusOutlined, PlusOutlined } from '@ant-design/icons'
import { Alert, App, Button, Input } from 'antd'
import { useState } from 'react'
import { nowMs } from '#ui/clock.ts'
import { formatDate } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { StatusTag } from '#ui/page.tsx'
import { readDecimal, writeDecimal } from '#values/decimal.ts'
import { unitName } from '#values/units.ts'
import { readScan } from '../labels/scan.ts'
import { ConfirmSheet } from './confirm-sheet.tsx'
import {
  addLot,
  balance,
  type Counting,
  type CountRow,
  changeRow,
  controlOf,
  countAll,
  countScan,
  type Goods,
  isOwed,
  type Known,
  type RowFault,
  rowFault,
  startCounting,
} from './counting.ts'
import { isOfShipment } from './receipt-queue.ts'
import { ScanField } from './scan-field.tsx'
import { ConsignedTag } from './shipment-words.tsx'
import type { Receiving } from './use-receiving.ts'

interface Props {
  shipment: Goods
  expected: Known
  receiving: Receiving
  onClose: () => void
  /** It was sent, or waits to be. */
  onDone?: () => void
}

/** Counting one shipment; what was counted stays on the device until it is sent. */
export function ReceiveShipment({ shipment, expected, receiving, onClose, onDone = onClose }: Props) {
  const t = useWords('logistics')
  const locale = useLocale()
  const { message } = App.useApp()
  const [counting, setCounting] = useState<Counting>(() => receiving.kept.counting(shipment.id) ?? startCounting(shipment))
  const [confirming, setConfirming] = useState(false)
  const pending = receiving.queue.some((one) => isOfShipment(one, shipment.id))
  const keep = (next: Counting) => {
    setCounting(next)
    receiving.kept.keepCounting(shipment.id, next)
  }
  const scanned = (text: string) => {
    const templates = expected.barcodes.filter((one) => one.supplierId === shipment.supplier.orgId).map((one) => one.template)
    const outcome = countScan(shipment, counting, readScan(text, templates, formatDate(nowMs()), expected.goodsCodes), expected.goodsCodes)
    if (outcome.kind === 'counted') {
      keep(outcome.counting)
      void message.success(t('rc.counted', { n: outcome.quantity }))
    } else void message.warning(t(outcome.kind === 'again' ? 'rc.again' : outcome.kind === 'elsewhere' ? 'rc.notHere' : 'rc.unknownCode'))
  }
  const faults = counting.rows.map((row) => rowFault(row, controlOf(expected, shipment, row)))
  const state = balance(counting)
  const owed = isOwed(shipment)
  // A device may remember what it was told before there was such a list.
  const inspected = new Set(expected.inspected ?? [])
  const inspectedLines = new Set(shipment.lines.filter((line) => inspected.has(line.materialId)).map((line) => line.id))
  return (
    <>
      <p>
        <Button onClick={onClose}>{t('rc.back')}</Button> <strong>{owed ? t('rc.withoutNotice') : shipment.number}</strong>{' '}
        {nameIn(locale, shipment.supplier.name, shipment.supplier.nameEn)}
      </p>
      {pending && <Alert type="info" showIcon className="rc-banner" title={t('rc.savedHere')} />}
      <ScanField onScan={scanned} hint={t(owed ? 'rc.scanGoods' : 'rc.scanPack')} />
      <ul className="rc-cards">
        {counting.rows.map((row, i) => (
          <CountCard
            key={`${row.lineId} ${counting.rows.slice(0, i).filter((one) => one.lineId === row.lineId).length}`}
            place={`row${i}`}
            row={row}
            shipment={shipment}
            inspected={inspectedLines.has(row.lineId)}
            control={controlOf(expected, shipment, row)}
            fault={faults[i]}
            onChange={(change) => keep(changeRow(counting, i, change))}
            {...(owed && controlOf(expected, shipment, row) ? { onAddLot: () => keep(addLot(counting, row.lineId)) } : {})}
          />
        ))}
      </ul>
      <div className="rc-foot">
        {owed ? (
          <span role="status">
            {t(state.counted === 0 ? 'rc.countFirst' : state.over ? 'rc.owedOver' : 'rc.owedCounted', { n: state.counted })}
          </span>
        ) : state.counted === 0 ? (
          <Button onClick={() => keep(countAll(counting))}>{t('rc.all')}</Button>
        ) : (
          <span role="status">{t(state.over ? 'rc.stateOver' : state.whole ? 'rc.stateWhole' : 'rc.stateShort')}</span>
        )}
        <Button type="primary" disabled={state.counted === 0 || faults.some(Boolean) || pending} onClick={() => setConfirming(true)}>
          {t('rc.confirm')}
        </Button>
      </div>
      {confirming && (
        <ConfirmSheet
          goods={shipment}
          expected={expected}
          counting={counting}
          receiving={receiving}
          onClose={() => setConfirming(false)}
          onDone={() => {
            receiving.kept.dropCounting(shipment.id)
            onDone()
          }}
        />
      )}
    </>
  )
}

const ONE = 1_000_000n
const amount = (text: string) => readDecimal(text.trim() || '0') ?? 0n

interface CardProps {
  /** Of the page's ids. */
  place: string
  row: CountRow
  shipment: Goods
  /** 来料必检. */
  inspected: boolean
  control: 'lot' | 'serial' | undefined
  fault: RowFault | undefined
  onChange: (change: Partial<CountRow>) => void
  /** Without a notice nobody has said how many lots there are. */
  onAddLot?: () => void
}

function CountCard({ place, row, shipment, inspected, control, fault, onChange, onAddLot }: CardProps) {
  const t = useWords('logistics')
  const locale = useLocale()
  const [more, setMore] = useState(fault !== undefined)
  // What is asked for must be in sight, and stays so once it is filled in.
  if ((fault === 'lotMissing' || fault === 'serialOne') && !more) setMore(true)
  const line = shipment.lines.find((one) => one.id === row.lineId)
  if (!line) return null
  const came = amount(row.accepted) + amount(row.quarantined) + amount(row.damaged) + amount(row.wrong)
  const owed = isOwed(shipment)
  const asExpected = owed || came === amount(row.expected)
  const tone = came === 0n ? 'none' : asExpected && amount(row.damaged) + amount(row.wrong) === 0n ? 'good' : 'warning'
  const step = (by: bigint) => {
    const next = amount(row.accepted) + by
    onChange({ accepted: writeDecimal(next < 0n ? 0n : next) })
  }
  const field = (key: 'quarantined' | 'damaged' | 'wrong' | 'lot' | 'serial' | 'note') => {
    const amounts = key === 'quarantined' || key === 'damaged' || key === 'wrong'
    return (
      <label htmlFor={`${place} ${key}`}>
        {t(amounts ? `counts.${key}` : key === 'serial' ? 'barcodeFields.serial' : key)}
        <Input
          id={`${place} ${key}`}
          value={row[key]}
          status={(key === 'lot' || key === 'serial') && fault === 'lotMissing' ? 'error' : ''}
          inputMode={amounts ? 'decimal' : 'text'}
          maxLength={key === 'note' ? 200 : 60}
          onFocus={({ target }) => target.select()}
          onChange={({ target }) => onChange({ [key]: target.value })}
        />
      </label>
    )
  }
  return (
    <li className="rc-line" data-tone={tone}>
      <div>
        <strong>{line.materialCode}</strong> {line.materialName}
        <div className="ls-quiet">
          {line.orderNumber} #{line.orderLineNo}
          {row.lot && ` · ${t('lot')} ${row.lot}`}
          {row.serial && ` · SN ${row.serial}`}
        </div>
        <ConsignedTag line={line} />
        {inspected && <StatusTag tone="warning">{t('rc.inspected')}</StatusTag>}
        <div>
          {owed && row.expected === '0'
            ? t('rc.anotherLot')
            : t(owed ? 'rc.owedLeft' : 'rc.expected', { n: row.expected, unit: unitName(line.unit, locale === 'en-US') })}
        </div>
      </div>
      <div className="rc-count">
        <Button icon={<MinusOutlined aria-hidden />} aria-label={t('rc.less')} onClick={() => step(-ONE)} />
        <Input
          aria-label={`${line.materialCode} ${t('counts.accepted')}`}
          inputMode="decimal"
          status={fault === 'notANumber' ? 'error' : ''}
          value={row.accepted}
          onFocus={({ target }) => target.select()}
          onChange={({ target }) => onChange({ accepted: target.value })}
        />
        <Button icon={<PlusOutlined aria-hidden />} aria-label={t('rc.more')} onClick={() => step(ONE)} />
        {!(owed && row.expected === '0') && (
          <Button onClick={() => onChange({ accepted: row.expected })}>{t(owed ? 'rc.allOwed' : 'rc.asNotified')}</Button>
        )}
      </div>
      {fault && <span role="alert">{t(`rc.faults.${fault}`)}</span>}
      {more ? (
        <div className="rc-more">
          {field('damaged')}
          {field('wrong')}
          {field('quarantined')}
          {field(control === 'serial' ? 'serial' : 'lot')}
          {field('note')}
        </div>
      ) : (
        <Button type="link" onClick={() => setMore(true)}>
          {t('rc.problems')}
        </Button>
      )}
      {onAddLot && came > 0n && (
        <Button type="link" onClick={onAddLot}>
          {t(control === 'serial' ? 'rc.addPiece' : 'rc.addLot')}
        </Button>
      )}
    </li>
  )
}
