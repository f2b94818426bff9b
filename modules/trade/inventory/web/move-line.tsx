import { useQuery } from '@tanstack/react-query'
import { Input, Select } from 'antd'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import type { OrgId } from '#values/ids.ts'
import { unitName } from '#values/units.ts'
import type { LocationId } from '../contract.ts'
import type { DocumentKind } from '../document-contract.ts'
import { inventoryQueries, placeName, quantityText } from './queries.ts'

export interface DraftLine {
  key: string
  materialId: MaterialId
  name: string
  unit: string
  quantity: string
  locationId: LocationId | undefined
  lot: string
  serial: string
  owner: OrgId | null
  override: string
  /** The stock that was proposed. */
  proposed?: string
}

export const stockKey = (at: { locationId: string | undefined; lot: string; serial: string; owner: string | null }): string =>
  [at.locationId ?? '', at.lot, at.serial, at.owner ?? ''].join('|')

interface Props {
  line: DraftLine
  kind: DocumentKind
  warehouseId: LocationId | undefined
  onChange: (change: Partial<DraftLine>) => void
}

/** Where a line is taken from, how much, and why not what was proposed. */
export function MoveLine({ line, kind, warehouseId, onChange }: Props) {
  const t = useWords('inventory')
  const locale = useLocale()
  const stock = useQuery({ ...inventoryQueries.stockOf(line.materialId, warehouseId), enabled: kind !== 'back' })
  const rows = (stock.data?.items ?? []).filter((row) => kind === 'transfer' || row.owner === null)
  const keyOf = (row: (typeof rows)[number]) =>
    stockKey({ locationId: row.location.id, lot: row.lot, serial: row.serial, owner: row.owner?.id ?? null })
  const chosen = stockKey(line)
  const other = kind === 'production' && line.proposed !== undefined && chosen !== line.proposed
  return (
    <div className="iv-line-fields">
      <strong>{line.name}</strong>
      {kind === 'back' ? (
        <Input aria-label={t('lot')} placeholder={t('lot')} value={line.lot} onChange={(event) => onChange({ lot: event.target.value })} />
      ) : (
        <Select
          aria-label={t('move.from')}
          value={rows.some((row) => keyOf(row) === chosen) ? chosen : null}
          placeholder={t('move.from')}
          loading={stock.isFetching}
          options={rows.map((row) => ({
            value: keyOf(row),
            label: [
              placeName(row.location, t),
              row.lot || row.serial,
              row.expires && t('move.until', { day: row.expires }),
              row.owner?.name,
              quantityText(row.quantity, row.unit, locale),
            ]
              .filter(Boolean)
              .join(' · '),
          }))}
          onChange={(value) => {
            const row = rows.find((one) => keyOf(one) === value)
            if (row) onChange({ locationId: row.location.id, lot: row.lot, serial: row.serial, owner: row.owner?.id ?? null })
          }}
        />
      )}
      <Input
        aria-label={t('quantity')}
        inputMode="decimal"
        value={line.quantity}
        suffix={unitName(line.unit, locale === 'en-US')}
        onChange={(event) => onChange({ quantity: event.target.value.trim() })}
      />
      {other && (
        <Input
          aria-label={t('move.override')}
          placeholder={t('move.override')}
          maxLength={200}
          status={line.override ? '' : 'warning'}
          value={line.override}
          onChange={(event) => onChange({ override: event.target.value })}
        />
      )}
    </div>
  )
}
