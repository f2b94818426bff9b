import { Button, DatePicker, Input } from 'antd'
import dayjs from 'dayjs'
import { useLocale, useWords } from '#ui/i18n.ts'
import { readDecimal } from '#values/decimal.ts'
import { unitName } from '#values/units.ts'
import type { PickedLine } from './new-shipment-page.tsx'
import { boxesOf } from './packing.ts'
import { ConsignedTag } from './shipment-words.tsx'

/** How much of each line goes, and how it is packed. */
export function PackingTable({ lines, onChange }: { lines: PickedLine[]; onChange: (lines: PickedLine[]) => void }) {
  const set = (i: number, change: Partial<PickedLine>) => onChange(lines.map((line, j) => (i === j ? { ...line, ...change } : line)))
  return (
    <ul className="lg-rows">
      {lines.map((picked, i) => (
        <Row
          key={picked.line.scheduleLineId}
          picked={picked}
          set={(change) => set(i, change)}
          remove={() => onChange(lines.filter((_, j) => j !== i))}
        />
      ))}
    </ul>
  )
}

function Row({ picked, set, remove }: { picked: PickedLine; set: (change: Partial<PickedLine>) => void; remove: () => void }) {
  const t = useWords('logistics')
  const locale = useLocale()
  const { line, quantity, perBox } = picked
  const amount = readDecimal(quantity.trim())
  const most = line.most === null ? undefined : readDecimal(line.most)
  const wrong = amount === undefined || amount <= 0n || (most !== undefined && amount > most)
  const boxes = perBox.trim() === '' ? undefined : boxesOf(quantity, perBox)
  const of = (label: string) => `${line.materialCode} ${label}`
  const day = (key: 'producedOn' | 'expiresOn') => (
    <DatePicker
      aria-label={of(t(key))}
      placeholder={t(key)}
      value={picked[key] ? dayjs(picked[key]) : null}
      onChange={(value) => set({ [key]: value ? value.format('YYYY-MM-DD') : null })}
    />
  )
  return (
    <li>
      <span className="lg-row">
        <span>
          <strong>{line.materialCode}</strong> {line.materialName} <ConsignedTag line={line} />
        </span>
        <span className="ls-quiet">
          {line.orderNumber} #{line.orderLineNo} · {t('dueOn', { day: line.agreedDay })}
        </span>
      </span>
      <div className="lg-fields">
        <Input
          aria-label={of(t('quantity'))}
          prefix={t('quantity')}
          suffix={unitName(line.unit, locale === 'en-US')}
          inputMode="decimal"
          status={wrong ? 'error' : ''}
          value={quantity}
          onChange={({ target }) => set({ quantity: target.value })}
        />
        <Input
          aria-label={of(t('perBox'))}
          prefix={t('perBox')}
          inputMode="decimal"
          status={perBox.trim() !== '' && !boxes ? 'error' : ''}
          value={perBox}
          onChange={({ target }) => set({ perBox: target.value })}
        />
        <Input
          aria-label={of(t('lot'))}
          prefix={t('lot')}
          maxLength={60}
          value={picked.lot}
          onChange={({ target }) => set({ lot: target.value })}
        />
        {day('producedOn')}
        {day('expiresOn')}
        <span role="status">
          {wrong ? t('quantityWrong', { most: line.most ?? '—' }) : boxes ? t('boxes', { n: boxes.length }) : t('loose')}
        </span>
        <Button type="text" danger onClick={remove}>
          {t('setup.remove')}
        </Button>
      </div>
    </li>
  )
}
